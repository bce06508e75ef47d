package io.rwkvtts.job.recovery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.flink.core.fs.FSDataInputStream;

/**
 * The end of each file of a checkpoint: eight bytes that no reader of Flink looks at, a mark and
 * the CRC-32C of all before. Files without the mark are of an older version or another storage.
 */
final class Checksum {

    private static final int MARK = 0x74747343;
    private static final int BYTES = 2 * Integer.BYTES;
    private static final int BUFFER_BYTES = 1 << 16;

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
     * Reads a file to its end. Whether it is what was written, or has no checksum.
     *
     * @param length of the file in bytes
     */
    static boolean holds(FSDataInputStream in, long length) throws IOException {
        if (length < BYTES) {
            return true;
        }
        Checksum checksum = new Checksum();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = length - BYTES; left > 0; ) {
            int read = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
            if (read == 0) {
                return false;
            }
            checksum.update(buffer, 0, read);
            left -= read;
        }
        byte[] trailer = in.readNBytes(BYTES);
        return trailer.length == BYTES
                && (ByteBuffer.wrap(trailer).getInt() != MARK
                        || Arrays.equals(trailer, checksum.trailer()));
    }
}
