package io.rwkvtts.bench.load;

import org.HdrHistogram.Histogram;

/** Times of one kind, from a microsecond to an hour, to three digits. For one thread. */
final class Latency {

    private static final long HIGHEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;
    private static final double MICROS_PER_MS = 1e3;

    private final Histogram micros = new Histogram(HIGHEST_MICROS, DIGITS);
    private int measured;

    void add(long nanos) {
        add(nanos, 1);
    }

    /** Adds a time that was measured once with the weight of that many. */
    void add(long nanos, int times) {
        measured++;
        long value = Math.max(0, Math.min(HIGHEST_MICROS, nanos / 1000));
        micros.recordValueWithCount(value, times);
    }

    /** In milliseconds. */
    Percentiles percentiles() {
        return Percentiles.of(measured, this::at);
    }

    private double at(double share) {
        return micros.getValueAtPercentile(100 * share) / MICROS_PER_MS;
    }
}
