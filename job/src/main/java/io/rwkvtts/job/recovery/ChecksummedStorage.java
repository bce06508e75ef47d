package io.rwkvtts.job.recovery;

import java.io.IOException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStorageAccess;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;

/**
 * Flink's {@code filesystem} storage, but that each file ends with a {@link Checksum}. Either
 * storage reads the other's checkpoints and savepoints.
 */
final class ChecksummedStorage implements CheckpointStorage {

    private static final long serialVersionUID = 1L;

    private final FileSystemCheckpointStorage files;
    private final boolean directoryForEachJob;

    ChecksummedStorage(FileSystemCheckpointStorage files, boolean directoryForEachJob) {
        this.files = files;
        this.directoryForEachJob = directoryForEachJob;
    }

    /**
     * The checkpoint at a path, whose {@code _metadata} is read here so that an error names it.
     *
     * @throws DamagedCheckpointException if its {@code _metadata} is damaged
     */
    @Override
    public CompletedCheckpointStorageLocation resolveCheckpoint(String pointer) throws IOException {
        CompletedCheckpointStorageLocation location = files.resolveCheckpoint(pointer);
        CheckpointFiles.metadata(new Path(location.getExternalPointer()));
        return location;
    }

    @Override
    public CheckpointStorageAccess createCheckpointStorage(JobID job) throws IOException {
        return new Access(job);
    }

    private final class Access extends FsCheckpointStorageAccess {

        Access(JobID job) throws IOException {
            super(
                    files.getCheckpointPath(),
                    files.getSavepointPath(),
                    directoryForEachJob,
                    job,
                    files.getMinFileSizeThreshold(),
                    files.getWriteBufferSize());
        }

        @Override
        public CompletedCheckpointStorageLocation resolveCheckpoint(String pointer)
                throws IOException {
            return ChecksummedStorage.this.resolveCheckpoint(pointer);
        }

        @Override
        public CheckpointStorageLocation initializeLocationForCheckpoint(long checkpoint)
                throws IOException {
            return new ChecksummedLocation(super.initializeLocationForCheckpoint(checkpoint));
        }

        @Override
        public CheckpointStorageLocation initializeLocationForSavepoint(
                long checkpoint, String directory) throws IOException {
            return new ChecksummedLocation(
                    super.initializeLocationForSavepoint(checkpoint, directory));
        }

        @Override
        public CheckpointStreamFactory resolveCheckpointStorageLocation(
                long checkpoint, CheckpointStorageLocationReference reference) throws IOException {
            return new ChecksummedStreams(
                    super.resolveCheckpointStorageLocation(checkpoint, reference));
        }
    }
}
