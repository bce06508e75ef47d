package io.rwkvtts.job.recovery;

import java.io.IOException;
import org.apache.flink.runtime.state.CheckpointMetadataOutputStream;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;

/** Where the JobManager writes a checkpoint's {@code _metadata}, with a {@link Checksum}. */
final class ChecksummedLocation extends ChecksummedStreams implements CheckpointStorageLocation {

    private final CheckpointStorageLocation location;

    ChecksummedLocation(CheckpointStorageLocation location) {
        super(location);
        this.location = location;
    }

    @Override
    public CheckpointMetadataOutputStream createMetadataOutputStream() throws IOException {
        return new MetadataStream(location.createMetadataOutputStream());
    }

    @Override
    public void disposeOnFailure() throws IOException {
        location.disposeOnFailure();
    }

    @Override
    public CheckpointStorageLocationReference getLocationReference() {
        return location.getLocationReference();
    }

    private static final class MetadataStream extends CheckpointMetadataOutputStream {
        private final CheckpointMetadataOutputStream out;
        private final Checksum checksum = new Checksum();

        MetadataStream(CheckpointMetadataOutputStream out) {
            this.out = out;
        }

        @Override
        public CompletedCheckpointStorageLocation closeAndFinalizeCheckpoint() throws IOException {
            out.write(checksum.trailer());
            return out.closeAndFinalizeCheckpoint();
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            checksum.update(bytes, offset, length);
        }

        @Override
        public long getPos() throws IOException {
            return out.getPos();
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void sync() throws IOException {
            out.sync();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
