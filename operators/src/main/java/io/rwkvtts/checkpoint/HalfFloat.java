package io.rwkvtts.checkpoint;

/** IEEE 754 binary16, which Java 17 has no conversions for. */
public final class HalfFloat {

    private static final int EXPONENT_SHIFT = 112 << 23;
    private static final int SMALLEST_NORMAL = Float.floatToRawIntBits(0x1p-14f);
    private static final int ROUNDS_TO_INFINITY = Float.floatToRawIntBits(65520f);
    private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

    private HalfFloat() {}

    /** The same number as a float: exact for all 65,536 bit patterns. */
    public static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half & 0x7c00;
        int mantissa = half & 0x3ff;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(mantissa * 0x1p-24f));
        }
        if (exponent == 0x7c00) {
            return Float.intBitsToFloat(sign | INFINITY | mantissa << 13);
        }
        return Float.intBitsToFloat(sign | (((half & 0x7fff) << 13) + EXPONENT_SHIFT));
    }

    /** The nearest half, ties to the even one; infinity from 65520 on. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > INFINITY) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= ROUNDS_TO_INFINITY) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < SMALLEST_NORMAL) {
            return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
        }
        int rebiased = magnitude - EXPONENT_SHIFT;
        return (short) (sign | rebiased + 0xfff + (rebiased >>> 13 & 1) >>> 13);
    }
}
