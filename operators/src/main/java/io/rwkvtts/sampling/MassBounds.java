package io.rwkvtts.sampling;

/**
 * Bounds of a sum of weights e^(logit − largest logit), from float arithmetic on all of them: in a
 * quarter of the time that the sum itself takes.
 */
final class MassBounds {

    /**
     * Relative error of a weight and of the sum, three times what the roundings add up to: 64 · 4
     * of the polynomial and 63 of the squarings, in units of 2⁻²⁴.
     */
    private static final double RELATIVE_ERROR = 6e-5;

    /**
     * Absolute error of a weight: twice the largest e^x · 64 · (x/64)⁶/6!, the polynomial's
     * remainder, which is at x = −6; it covers that e^x below e^−32 is taken as e^−32.
     */
    private static final double ABSOLUTE_ERROR = 3.2e-10;

    /** Relative error of sums of doubles in any order. */
    private static final double ROUNDING = 1e-11;

    private final float[] weights;
    private final float[] upper;
    private final float[] halves;
    private final float[] quarters;
    private final float[] eighths;
    private final float[] sixteenths;
    private double low;
    private double high;

    /**
     * @param maxSize largest number of logits, a multiple of 16
     */
    MassBounds(int maxSize) {
        weights = new float[maxSize];
        upper = new float[maxSize / 2];
        halves = new float[maxSize / 2];
        quarters = new float[maxSize / 4];
        eighths = new float[maxSize / 8];
        sixteenths = new float[maxSize / 16];
    }

    /** A number that is not above the sum, from the largest logit of each column only. */
    double ofColumns(LogitColumns logits) {
        int columns = logits.columns();
        approximate(logits.maxima(), logits.max(), columns);
        double sum = 0;
        for (int i = 0; i < columns; i++) {
            sum += weights[i];
        }
        return (sum * (1 - RELATIVE_ERROR) - columns * ABSOLUTE_ERROR) * (1 - ROUNDING);
    }

    /**
     * Finds the bounds.
     *
     * @param ids whose weights are known
     * @param known their weights
     */
    void set(LogitColumns logits, int[] ids, double[] known, int count) {
        int size = logits.size();
        approximate(logits.table(), logits.max(), size);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            weights[ids[i]] = 0;
            sum += known[i];
        }
        fold(weights, size / 2, halves);
        fold(halves, size / 4, quarters);
        fold(quarters, size / 8, eighths);
        fold(eighths, size / 16, sixteenths);
        double rest = 0;
        for (int i = 0; i < size / 16; i++) {
            rest += sixteenths[i];
        }
        double error = rest * RELATIVE_ERROR + size * ABSOLUTE_ERROR;
        low = (sum + Math.max(rest - error, 0)) * (1 - ROUNDING);
        high = (sum + rest + error) * (1 + ROUNDING);
    }

    /** e^x = (e^(x/64))^64, the inner power by the Taylor polynomial. */
    private void approximate(float[] logits, float max, int size) {
        float[] results = weights;
        for (int i = 0; i < size; i++) {
            float x = Math.max((logits[i] - max) * (1f / 64), -0.5f);
            float y = 1 + x * (1 + x * (1f / 2 + x * (1f / 6 + x * (1f / 24 + x * (1f / 120)))));
            y *= y;
            y *= y;
            y *= y;
            y *= y;
            y *= y;
            y *= y;
            results[i] = y;
        }
    }

    /** Adds the second {@code half} of some values to the first; see {@link LogitColumns}. */
    private void fold(float[] values, int half, float[] sums) {
        float[] second = upper;
        System.arraycopy(values, half, second, 0, half);
        for (int i = 0; i < half; i++) {
            sums[i] = values[i] + second[i];
        }
    }

    /** Not above the sum. */
    double low() {
        return low;
    }

    /** Not below the sum. */
    double high() {
        return high;
    }
}
