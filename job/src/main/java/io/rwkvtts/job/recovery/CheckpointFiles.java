package io.rwkvtts.job.recovery;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.StreamStateHandle;
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
     * Requires that state is what was written. Reads all of it.
     *
     * @param reading where the open file is registered, so that it is closed on a cancellation
     * @return whether that is certain: it has a checksum, which holds
     * @throws DamagedCheckpointException if it is not, and is a file
     */
    static boolean requireIntact(StreamStateHandle state, CloseableRegistry reading)
            throws IOException {
        if (state instanceof FileStateHandle file) {
            requireWhole(file);
            return requireChecksum(file.getFilePath(), file.getStateSize(), reading);
        }
        try (FSDataInputStream in = state.openInputStream()) {
            return Checksum.check(in, state.getStateSize()) == Checksum.Finding.HOLDS;
        }
    }

    private static boolean requireChecksum(Path file, long length, CloseableRegistry reading)
            throws IOException {
        Checksum.Finding found;
        try (FSDataInputStream in = file.getFileSystem().open(file)) {
            reading.registerCloseable(in);
            found = Checksum.check(in, length);
            reading.unregisterCloseable(in);
        }
        if (found == Checksum.Finding.DIFFERS) {
            throw new DamagedCheckpointException(
                    file + " is damaged: its checksum does not hold", file.getParent(), null);
        }
        if (found == Checksum.Finding.ABSENT && othersHaveChecksums(file)) {
            throw new DamagedCheckpointException(
                    file + " is damaged: its checksum is missing", file.getParent(), null);
        }
        return found == Checksum.Finding.HOLDS;
    }

    /** Whether the other files of the checkpoint were written with checksums. */
    private static boolean othersHaveChecksums(Path file) throws IOException {
        Path metadata = new Path(file.getParent(), RetainedCheckpoints.METADATA);
        FileSystem files = file.getFileSystem();
        if (!file.getName().equals(RetainedCheckpoints.METADATA)) {
            // None beside copies of the state that Flink keeps on local disks.
            return files.exists(metadata) && hasChecksum(files.getFileStatus(metadata));
        }
        for (FileStatus other : files.listStatus(file.getParent())) {
            if (!other.isDir() && hasChecksum(other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasChecksum(FileStatus file) throws IOException {
        try (FSDataInputStream in = file.getPath().getFileSystem().open(file.getPath())) {
            return Checksum.isThere(in, file.getLen());
        }
    }
}
