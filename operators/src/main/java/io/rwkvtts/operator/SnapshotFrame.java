package io.rwkvtts.operator;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What stands around a request in a checkpoint since version 3, so that damage is found: the
 * version, the lengths of the fields and of the recurrent state (−1 for no state), a CRC-32C of
 * these nine bytes, the fields, the state, and a CRC-32C of fields and state. The lengths have a
 * checksum of their own because they are needed first: a damaged one would have megabytes of
 * something else read, or gigabytes allocated.
 *
 * <p>The state is not copied on its way out: it is megabytes.
 *
 * @param fields all of the request but the state
 * @param state recurrent state, null for none
 * @param checksum CRC-32C of both, as it was computed or read
 */
public record SnapshotFrame(byte[] fields, byte[] state, int checksum) {
    private static final int NO_STATE = -1;
    private static final int LENGTHS_BYTES = Byte.BYTES + 2 * Integer.BYTES;

    /** Bytes that are allocated before any of them has been read. */
    private static final int FIRST_PIECE = 1 << 20;

    /** A frame to be written. */
    public static SnapshotFrame of(byte[] fields, byte[] state) {
        return new SnapshotFrame(fields, state, checksum(fields, state));
    }

    public void write(byte version, DataOutput out) throws IOException {
        byte[] lengths = lengths(version, fields.length, state == null ? NO_STATE : state.length);
        out.write(lengths);
        out.writeInt(checksum(lengths, null));
        out.write(fields);
        if (state != null) {
            out.write(state);
        }
        out.writeInt(checksum);
    }

    /**
     * Reads what follows the version; whether the content is {@link #intact} is for the caller to
     * ask, who can say whose it is.
     *
     * @throws DamagedSnapshotException if the lengths are damaged
     */
    public static SnapshotFrame read(byte version, DataInput in) throws IOException {
        int fieldsLength = in.readInt();
        int stateLength = in.readInt();
        if (in.readInt() != checksum(lengths(version, fieldsLength, stateLength), null)) {
            throw new DamagedSnapshotException(
                    "the lengths in the snapshot of a request are damaged, so that not even its"
                            + " id can be read");
        }
        return new SnapshotFrame(
                readBytes(fieldsLength, in),
                stateLength == NO_STATE ? null : readBytes(stateLength, in),
                in.readInt());
    }

    /** Whether fields and state are those that were written. */
    public boolean intact() {
        return checksum == checksum(fields, state);
    }

    /**
     * Reads bytes of a length that may be damaged: allocates no more than twice what is there.
     *
     * @throws DamagedSnapshotException if the length is negative
     */
    public static byte[] readBytes(int length, DataInput in) throws IOException {
        if (length < 0) {
            throw new DamagedSnapshotException(
                    "the snapshot of a request holds a length of " + length);
        }
        byte[] bytes = new byte[Math.min(length, FIRST_PIECE)];
        in.readFully(bytes);
        while (bytes.length < length) {
            int read = bytes.length;
            bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * read));
            in.readFully(bytes, read, bytes.length - read);
        }
        return bytes;
    }

    private static byte[] lengths(byte version, int fieldsLength, int stateLength) {
        return ByteBuffer.allocate(LENGTHS_BYTES)
                .put(version)
                .putInt(fieldsLength)
                .putInt(stateLength)
                .array();
    }

    private static int checksum(byte[] first, byte[] second) {
        CRC32C crc = new CRC32C();
        crc.update(first);
        if (second != null) {
            crc.update(second);
        }
        return (int) crc.getValue();
    }
}
