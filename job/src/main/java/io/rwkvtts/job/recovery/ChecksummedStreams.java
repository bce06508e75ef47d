package io.rwkvtts.job.recovery;

import java.io.IOException;
import java.util.List;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.StreamStateHandle;

/** Streams of a checkpoint's state that end with a {@link Checksum}. */
class ChecksummedStreams implements CheckpointStreamFactory {

    private final CheckpointStreamFactory streams;

    ChecksummedStreams(CheckpointStreamFactory streams) {
        this.streams = streams;
    }

    @Override
    public CheckpointStateOutputStream createCheckpointStateOutputStream(
            CheckpointedStateScope scope) throws IOException {
        return new StateStream(streams.createCheckpointStateOutputStream(scope));
    }

    @Override
    public boolean canFastDuplicate(StreamStateHandle handle, CheckpointedStateScope scope)
            throws IOException {
        return streams.canFastDuplicate(handle, scope);
    }

    @Override
    public List<StreamStateHandle> duplicate(
            List<StreamStateHandle> handles, CheckpointedStateScope scope) throws IOException {
        return streams.duplicate(handles, scope);
    }

    private static final class StateStream extends CheckpointStateOutputStream {
        private final CheckpointStateOutputStream out;
        private final Checksum checksum = new Checksum();

        StateStream(CheckpointStateOutputStream out) {
            this.out = out;
        }

        @Override
        public StreamStateHandle closeAndGetHandle() throws IOException {
            // An empty stream has no file, and no handle.
            if (out.getPos() > 0) {
                out.write(checksum.trailer());
            }
            return out.closeAndGetHandle();
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
