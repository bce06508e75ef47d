package io.rwkvtts.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How the fields of snapshots are written: numbers are big-endian; strings are UTF-8 after their
 * length, −1 for null; arrays follow their length; an optional number follows whether it is there.
 *
 * <p>Reading allocates no more than there is to read, whatever a length says.
 */
public final class SnapshotFields {
    private static final int NULL = -1;

    private SnapshotFields() {}

    public static void writeString(String value, DataOutput out) throws IOException {
        writeBytes(value == null ? null : value.getBytes(UTF_8), out);
    }

    public static String readString(DataInput in) throws IOException {
        byte[] bytes = readBytes(in);
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    private static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
        if (bytes == null) {
            out.writeInt(NULL);
            return;
        }
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Bytes after their length, null for −1. */
    static byte[] readBytes(DataInput in) throws IOException {
        int length = in.readInt();
        return length == NULL ? null : SnapshotFrame.readBytes(length, in);
    }

    public static void writeInts(int[] values, DataOutput out) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    public static int[] readInts(DataInput in) throws IOException {
        byte[] bytes = SnapshotFrame.readBytes(Math.multiplyExact(in.readInt(), Integer.BYTES), in);
        int[] values = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(values);
        return values;
    }

    /** An optional number of any kind; the reader has to know which. */
    static void writeNumber(Number value, DataOutput out) throws IOException {
        out.writeBoolean(value != null);
        if (value instanceof Double real) {
            out.writeDouble(real);
        } else if (value instanceof Integer whole) {
            out.writeInt(whole);
        } else if (value instanceof Long large) {
            out.writeLong(large);
        }
    }

    static Double readDouble(DataInput in) throws IOException {
        return in.readBoolean() ? in.readDouble() : null;
    }

    static Integer readInteger(DataInput in) throws IOException {
        return in.readBoolean() ? in.readInt() : null;
    }

    static Long readLong(DataInput in) throws IOException {
        return in.readBoolean() ? in.readLong() : null;
    }
}
