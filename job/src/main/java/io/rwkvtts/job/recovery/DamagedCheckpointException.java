package io.rwkvtts.job.recovery;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A file of a checkpoint is not as it was written. Another attempt would find the same, so Flink
 * does not restart a job that failed with this. The message names the file and the command that
 * continues from the checkpoint before, if that is still there.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class DamagedCheckpointException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param damage which file, and what is wrong with it
     * @param checkpoint directory of the checkpoint, null if it is not known
     */
    DamagedCheckpointException(String damage, Path checkpoint, Throwable cause) {
        super(damage + remedy(checkpoint), cause);
    }

    private static String remedy(Path checkpoint) {
        return Optional.ofNullable(checkpoint)
                .flatMap(RetainedCheckpoints::before)
                .map(
                        older ->
                                (". Restarts would find the same. Continue from the checkpoint"
                                                + " before it: ./tts run --from-checkpoint %s"
                                                + " (on a cluster: flink run -s %s)")
                                        .formatted(older, older))
                .orElse(
                        ". Restarts would find the same. Continue from another checkpoint or"
                                + " savepoint: ./tts run --from-checkpoint PATH (on a cluster:"
                                + " flink run -s PATH)");
    }
}
