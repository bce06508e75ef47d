package io.rwkvtts.job.recovery;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/** Holds the files of a checkpoint to what was written. */
final class CheckpointFiles {

    private CheckpointFiles() {}

    /**
     * Reads the {@code _metadata} of a checkpoint.
     *
     * @param checkpoint its directory
     * @throws DamagedCheckpointException if it is not what was written
     */
    static CheckpointMetadata metadata(Path checkpoint) throws IOException {
        Path file = new Path(checkpoint, RetainedCheckpoints.METADATA);
        requireChecksum(
                file, file.getFileSystem().getFileStatus(file).getLen(), new CloseableRegistry());
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(file.getFileSystem().open(file)))) {
            return Checkpoints.loadCheckpointMetadata(
                    in, CheckpointFiles.class.getClassLoader(), checkpoint.toString());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (!Damage.explains(e)) {
                throw e;
            }
            throw new DamagedCheckpointException(
                    "%s is damaged (%s)".formatted(file, e), checkpoint, e);
        }
    }

    /**
     * Requires that a file of state is there in its length. Reads none of it.
     *
     * @throws DamagedCheckpointException if not
     */
    static void requireWhole(FileStateHandle state) throws IOException {
        Path file = state.getFilePath();
        long length;
        try {
            length = file.getFileSystem().getFileStatus(file).getLen();
        } catch (FileNotFoundException e) {
            throw new DamagedCheckpointException(file + " is missing", file.getParent(), e);
        }
        if (length != state.getStateSize()) {
            throw new DamagedCheckpointException(
                    "%s is damaged: it has %d bytes, but %d were written"
                            .formatted(file, length, state.getStateSize()),
                    file.getParent(),
                    null);
        }
    }

    /**
     * Requires that a file of state is what was written. Reads all of it.
     *
     * @param reading where the open file is registered, so that it is closed on a cancellation
     * @throws DamagedCheckpointException if not
     */
    static void requireIntact(FileStateHandle state, CloseableRegistry reading) throws IOException {
        requireWhole(state);
        requireChecksum(state.getFilePath(), state.getStateSize(), reading);
    }

    private static void requireChecksum(Path file, long length, CloseableRegistry reading)
            throws IOException {
        try (FSDataInputStream in = file.getFileSystem().open(file)) {
            reading.registerCloseable(in);
            boolean holds = Checksum.holds(in, length);
            reading.unregisterCloseable(in);
            if (!holds) {
                throw new DamagedCheckpointException(
                        file + " is damaged: its checksum does not hold", file.getParent(), null);
            }
        }
    }
}
