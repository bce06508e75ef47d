package io.rwkvtts.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The number formats of weights that are read and written (spec 1.8), little-endian. */
public enum TensorType {
    /** IEEE 754 binary32. */
    F32(4) {
        @Override
        void decode(ByteBuffer source, float[] destination, int from, int count) {
            source.asFloatBuffer().get(destination, from, count);
        }

        @Override
        void encode(float value, ByteBuffer destination) {
            destination.putFloat(value);
        }
    },
    /** IEEE 754 binary16. */
    F16(2) {
        @Override
        void decode(ByteBuffer source, float[] destination, int from, int count) {
            for (int i = 0; i < count; i++) {
                destination[from + i] = HalfFloat.toFloat(source.getShort());
            }
        }

        @Override
        void encode(float value, ByteBuffer destination) {
            destination.putShort(HalfFloat.fromFloat(value));
        }
    },
    /** The upper half of a binary32. */
    BF16(2) {
        @Override
        void decode(ByteBuffer source, float[] destination, int from, int count) {
            for (int i = 0; i < count; i++) {
                destination[from + i] = Float.intBitsToFloat(source.getShort() << 16);
            }
        }

        @Override
        void encode(float value, ByteBuffer destination) {
            int bits = Float.floatToIntBits(value);
            int rounding = Float.isNaN(value) ? 0 : 0x7fff + (bits >>> 16 & 1);
            destination.putShort((short) (bits + rounding >>> 16));
        }
    };

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** The type that a file calls {@code dtype}; empty if weights of it are not read. */
    static Optional<TensorType> named(String dtype) {
        return Arrays.stream(values()).filter(type -> type.name().equals(dtype)).findFirst();
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** Decodes {@code count} numbers from a little-endian buffer; every value is exact. */
    abstract void decode(ByteBuffer source, float[] destination, int from, int count);

    /** Appends the nearest number of this format, ties to even, to a little-endian buffer. */
    abstract void encode(float value, ByteBuffer destination);
}
