package io.rwkvtts.job.recovery;

import io.rwkvtts.operator.DamagedSnapshotException;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.io.ObjectStreamException;
import java.io.UTFDataFormatException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.VersionMismatchException;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.util.ExceptionUtils;

/** Tells damage of a checkpoint from faults that may heal. */
final class Damage {

    /** What reading bytes leads to that are not those that were written. */
    private static final List<Class<? extends Throwable>> SIGNS =
            List.of(
                    DamagedSnapshotException.class,
                    EOFException.class,
                    ObjectStreamException.class,
                    UTFDataFormatException.class,
                    VersionMismatchException.class,
                    ClassNotFoundException.class,
                    // A damaged length has a huge array made.
                    OutOfMemoryError.class);

    /** A storage that does not answer, a task that is cancelled. */
    private static final List<Class<? extends Throwable>> MAY_HEAL =
            List.of(
                    SocketException.class,
                    InterruptedIOException.class,
                    ClosedChannelException.class,
                    InterruptedException.class,
                    CancelTaskException.class);

    private Damage() {}

    /** Whether a restore that failed with this would fail the same way again. */
    static boolean explains(Throwable failure) {
        return ExceptionUtils.findThrowable(failure, cause -> isOf(MAY_HEAL, cause)).isEmpty()
                && ExceptionUtils.findThrowable(
                                failure, cause -> isOf(SIGNS, cause) || isOfJavaItself(cause))
                        .isPresent();
    }

    /** Whether a request's snapshot was damaged before it was written. */
    static boolean isInSnapshot(Throwable failure) {
        return ExceptionUtils.findThrowable(failure, DamagedSnapshotException.class).isPresent();
    }

    /** Such as an index out of range; those of a storage's client are in packages of their own. */
    private static boolean isOfJavaItself(Throwable failure) {
        return failure instanceof RuntimeException
                && failure.getClass().getPackageName().equals("java.lang");
    }

    private static boolean isOf(List<Class<? extends Throwable>> classes, Throwable failure) {
        return classes.stream().anyMatch(known -> known.isInstance(failure));
    }

    /** The error that ends the job. */
    static DamagedCheckpointException of(
            Collection<? extends StateObject> state, Throwable failure) {
        List<FileStateHandle> files = StateFiles.of(state);
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (files.isEmpty()) {
            return new DamagedCheckpointException(
                    "the %s of the checkpoint is damaged (%s)"
                            .formatted(RetainedCheckpoints.METADATA, root),
                    null,
                    failure);
        }
        String names =
                files.stream()
                        .map(file -> file.getFilePath().toString())
                        .collect(Collectors.joining(" or "));
        Path checkpoint = files.get(0).getFilePath().getParent();
        return new DamagedCheckpointException(
                "the state in %s is damaged (%s)".formatted(names, root), checkpoint, failure);
    }
}
