package io.rwkvtts.job.recovery;

import java.io.IOException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/** A checkpoint or savepoint to start from. */
public final class RestorePoint {

    /** In place of a path: the newest complete checkpoint of any run. */
    public static final String LATEST = "latest";

    private RestorePoint() {}

    /**
     * Flink's options to start from a checkpoint. Flink does not take it over ({@code NO_CLAIM}):
     * it is not deleted when newer ones are there, so it can be started from again. The job's
     * checkpoints are whole, each on its own, so that costs nothing.
     *
     * @param checkpoint its directory or {@code _metadata}, or {@link #LATEST}
     * @param config of the job, with the directory for checkpoints
     * @throws DamagedCheckpointException if its {@code _metadata} cannot be read, or a file is
     *     missing or not as long as it was
     * @throws IllegalArgumentException if there is none; names where it was looked for
     */
    public static Configuration options(String checkpoint, ReadableConfig config)
            throws IOException {
        Path directory =
                checkpoint.equals(LATEST)
                        ? RetainedCheckpoints.latest(
                                new Path(config.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY)))
                        : directory(checkpoint);
        requireWhole(directory);
        return new Configuration()
                .set(StateRecoveryOptions.SAVEPOINT_PATH, directory.toString())
                .set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.NO_CLAIM);
    }

    private static Path directory(String checkpoint) throws IOException {
        Path path = new Path(checkpoint);
        Path directory =
                path.getName().equals(RetainedCheckpoints.METADATA) ? path.getParent() : path;
        Path metadata = new Path(directory, RetainedCheckpoints.METADATA);
        if (!metadata.getFileSystem().exists(metadata)) {
            throw new IllegalArgumentException(
                    ("--from-checkpoint is %s, but there is no %s: expected the directory of a"
                                    + " complete checkpoint or savepoint, or '%s'")
                            .formatted(checkpoint, metadata, LATEST));
        }
        return directory;
    }

    private static void requireWhole(Path checkpoint) throws IOException {
        for (FileStateHandle file : StateFiles.of(CheckpointFiles.metadata(checkpoint))) {
            CheckpointFiles.requireWhole(file);
        }
    }
}
