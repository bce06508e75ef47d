package io.rwkvtts.job.bench.load;

import io.rwkvtts.job.bench.Samples;

/**
 * How a figure is spread.
 *
 * @param p50 half of all values do not exceed it
 * @param p95 nor 95 % this
 * @param p99 nor 99 % this
 */
public record Percentiles(double p50, double p95, double p99) {

    static Percentiles of(Samples samples) {
        return new Percentiles(
                samples.quantile(0.5), samples.quantile(0.95), samples.quantile(0.99));
    }
}
