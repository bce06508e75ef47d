package io.rwkvtts.sampling;

/**
 * e^x of the numbers of an array, with the same bits on every JVM: only additions and
 * multiplications in a fixed order. {@link Math#exp} may differ between processors and between
 * interpreted and compiled code, which would let a replay draw another token; {@link
 * StrictMath#exp} does not, but takes four times as long as these loops, most of which the compiler
 * turns into vector instructions.
 */
final class Exponential {

    private static final double LOG2_E = 1.4426950408889634;

    /** ln 2 = LN2_HIGH + LN2_LOW; the product of LN2_HIGH and a small integer is exact. */
    private static final double LN2_HIGH = 0x1.62e42fee00000p-1;

    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;

    /** Adding and subtracting it rounds to the nearest integer. */
    private static final double ROUND = 0x1.8p52;

    /** Smaller results are taken as 0, so that subnormal numbers never occur. */
    private static final double MIN_EXPONENT = -1021;

    private final double[] exponents;

    Exponential(int maxLength) {
        exponents = new double[maxLength];
    }

    /**
     * Replaces the first {@code length} of {@code x}, all ≤ 0, by e^x to within 2 units in the last
     * place; by 0 where e^x is below 3·10⁻³⁰⁸. As x = n ln 2 + r with |r| ≤ ln 2 / 2, e^x is 2^n
     * times the Taylor polynomial of r, whose remainder is below 2⁻⁵⁷.
     */
    void apply(double[] x, int length) {
        for (int i = 0; i < length; i++) {
            double n = (x[i] * LOG2_E + ROUND) - ROUND;
            exponents[i] = n;
            x[i] = (x[i] - n * LN2_HIGH) - n * LN2_LOW;
        }
        for (int i = 0; i < length; i++) {
            x[i] = polynomial(x[i]);
        }
        for (int i = 0; i < length; i++) {
            double n = exponents[i];
            x[i] = n < MIN_EXPONENT ? 0 : x[i] * powerOfTwo((long) n);
        }
    }

    private static double polynomial(double r) {
        double p = 1.0 / 6227020800.0;
        p = p * r + 1.0 / 479001600.0;
        p = p * r + 1.0 / 39916800.0;
        p = p * r + 1.0 / 3628800.0;
        p = p * r + 1.0 / 362880.0;
        p = p * r + 1.0 / 40320.0;
        p = p * r + 1.0 / 5040.0;
        p = p * r + 1.0 / 720.0;
        p = p * r + 1.0 / 120.0;
        p = p * r + 1.0 / 24.0;
        p = p * r + 1.0 / 6.0;
        p = p * r + 0.5;
        p = p * r + 1.0;
        return p * r + 1.0;
    }

    private static double powerOfTwo(long n) {
        return Double.longBitsToDouble((n + 1023) << 52);
    }
}
