package io.rwkvtts.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A file mapped read-only, in pieces because a Java buffer ends at 2 GiB. Bytes are addressed by
 * their position in the file; any number of threads may read. The mapping lives until this object
 * is unreachable: Java 17 can't unmap.
 */
final class MappedFile {

    private static final int PIECE_BYTES = 1 << 30;

    private final MappedByteBuffer[] pieces;
    private final int pieceBytes;
    private final long size;

    private MappedFile(MappedByteBuffer[] pieces, int pieceBytes, long size) {
        this.pieces = pieces;
        this.pieceBytes = pieceBytes;
        this.size = size;
    }

    static MappedFile open(Path path) throws IOException {
        return open(path, PIECE_BYTES);
    }

    /** With pieces of {@code pieceBytes}, so that a test can cross their borders. */
    static MappedFile open(Path path, int pieceBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            int count = Math.toIntExact((size + pieceBytes - 1) / pieceBytes);
            MappedByteBuffer[] pieces = new MappedByteBuffer[count];
            for (int i = 0; i < count; i++) {
                long start = (long) i * pieceBytes;
                long length = Math.min(pieceBytes, size - start);
                pieces[i] = channel.map(MapMode.READ_ONLY, start, length);
            }
            return new MappedFile(pieces, pieceBytes, size);
        }
    }

    /** Bytes in the file when it was opened. */
    long size() {
        return size;
    }

    /** Copies {@code length} bytes from {@code position} on. */
    void read(long position, byte[] destination, int offset, int length) {
        Objects.checkFromIndexSize(position, length, size);
        int done = 0;
        while (done < length) {
            MappedByteBuffer piece = pieces[(int) ((position + done) / pieceBytes)];
            int start = (int) ((position + done) % pieceBytes);
            int count = Math.min(length - done, piece.capacity() - start);
            piece.get(start, destination, offset + done, count);
            done += count;
        }
    }

    /** The {@code length} bytes from {@code position} on as a stream. */
    InputStream stream(long position, long length) {
        Objects.checkFromIndexSize(position, length, size);
        return new InputStream() {
            private long done;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] destination, int offset, int count) {
                if (count == 0) {
                    return 0;
                }
                if (done == length) {
                    return -1;
                }
                int read = (int) Math.min(count, length - done);
                MappedFile.this.read(position + done, destination, offset, read);
                done += read;
                return read;
            }
        };
    }
}
