package io.rwkvtts.sampling;

/**
 * e^x with the same bits on every JVM. {@link Math#exp} may differ between processors and between
 * interpreted and compiled code, which would let a replay draw another token; {@link
 * StrictMath#exp} does not, but takes several times as long.
 */
final class Exponential {

    /** Below it the result is taken as 0, so that subnormal numbers never occur. */
    private static final double SMALLEST = -708;

    private static final double LOG2_E = 1.4426950408889634;

    /** ln 2 = LN2_HIGH + LN2_LOW; the product of LN2_HIGH and a small integer is exact. */
    private static final double LN2_HIGH = 0x1.62e42fee00000p-1;

    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;

    /** Adding and subtracting it rounds to the nearest integer. */
    private static final double ROUND = 0x1.8p52;

    private Exponential() {}

    /**
     * e^x for x ≤ 0, to within 2 units in the last place; 0 below −708. As x = n ln 2 + r with |r|
     * ≤ ln 2 / 2, it is 2^n times the Taylor polynomial of r, whose remainder is below 2⁻⁵⁷.
     */
    static double exp(double x) {
        if (x < SMALLEST) {
            return 0;
        }
        double n = (x * LOG2_E + ROUND) - ROUND;
        double r = (x - n * LN2_HIGH) - n * LN2_LOW;
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
        p = p * r + 1.0;
        return p * Double.longBitsToDouble(((long) n + 1023) << 52);
    }
}
