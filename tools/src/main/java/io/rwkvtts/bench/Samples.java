package io.rwkvtts.bench;

import java.util.Arrays;

/** Measured values of one kind. Grows only where there is no room left; for one thread. */
public final class Samples {

    private double[] values = new double[1024];
    private int count;
    private double sum;

    /** Adds a value. */
    public void add(double value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
        sum += value;
    }

    /** Adds all values of another. */
    public void addAll(Samples others) {
        for (int i = 0; i < others.count; i++) {
            add(others.values[i]);
        }
    }

    /** Number of values. */
    public int count() {
        return count;
    }

    /** Sum of the values. */
    public double sum() {
        return sum;
    }

    /** Mean of the values. */
    public double mean() {
        return sum / count;
    }

    /**
     * The value that a share of all values does not exceed (nearest rank).
     *
     * @param share in (0, 1]
     * @throws IllegalStateException if there are no values
     */
    public double quantile(double share) {
        if (count == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)];
    }

    /** The least value. */
    public double least() {
        return quantile(Double.MIN_VALUE);
    }

    /** The greatest value. */
    public double greatest() {
        return quantile(1);
    }

    /** {@code quantile(0.5)}. */
    public double median() {
        return quantile(0.5);
    }
}
