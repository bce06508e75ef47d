package io.rwkvtts.job.recovery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.flink.core.fs.FSDataInputStream;

/**
 * The end of each file of a checkpoint: eight bytes that no reader of Flink looks at, a mark and
 * the CRC-32C of all before. Files without the mark are of an older version or another storage, or
 * damaged at their end: all files of a checkpoint have it, or none.
 */
final class Checksum {

    private static final int MARK = 0x74747343;
    private static final int BYTES = 2 * Integer.BYTES;
    private static final int BUFFER_BYTES = 1 << 16;

    /** What a file says of itself. */
    enum Finding {
        /** It is what was written. */
        HOLDS,
        DIFFERS,
        /** It has no checksum. */
        ABSENT
    }

    private final CRC32C crc = new CRC32C();

    /** Takes bytes in, as they are written. */
    void update(byte[] bytes, int offset, int length) {
        crc.update(bytes, offset, length);
    }

    /** What to write at the end. */
    byte[] trailer() {
        return ByteBuffer.allocate(BYTES).putInt(MARK).putInt((int) crc.getValue()).array();
    }

    /**
     * Reads a file to its end.
     *
     * @param length of the file in bytes
     */
    static Finding check(FSDataInputStream in, long length) throws IOException {
        if (length < BYTES) {
            return Finding.ABSENT;
        }
        Checksum checksum = new Checksum();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = length - BYTES; left > 0; ) {
            int read = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
            if (read == 0) {
                return Finding.DIFFERS;
            }
            checksum.update(buffer, 0, read);
            left -= read;
        }
        byte[] trailer = in.readNBytes(BYTES);
        if (Arrays.equals(trailer, checksum.trailer())) {
            return Finding.HOLDS;
        }
        return isMarked(trailer) || trailer.length < BYTES ? Finding.DIFFERS : Finding.ABSENT;
    }

    /**
     * Whether a file ends with the mark. Reads no more than that.
     *
     * @param length of the file in bytes
     */
    static boolean isThere(FSDataInputStream in, long length) throws IOException {
        if (length < BYTES) {
            return false;
        }
        in.seek(length - BYTES);
        return isMarked(in.readNBytes(BYTES));
    }

    private static boolean isMarked(byte[] trailer) {
        return trailer.length == BYTES && ByteBuffer.wrap(trailer).getInt() == MARK;
    }
}
