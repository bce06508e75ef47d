package io.rwkvtts.operator;

import java.io.IOException;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A checkpoint or savepoint holds a request whose bytes are not those that were written. Another
 * attempt would read the same bytes, so Flink does not restart a job that failed with this: only an
 * older checkpoint helps.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class DamagedSnapshotException extends IOException {

    private static final long serialVersionUID = 1L;

    private static final String REMEDY = "; restore an older checkpoint or savepoint";

    /**
     * @param damage what is damaged, with the request's id where it is known
     */
    public DamagedSnapshotException(String damage) {
        super(damage + REMEDY);
    }

    public DamagedSnapshotException(String damage, Throwable cause) {
        super(damage + REMEDY, cause);
    }
}
