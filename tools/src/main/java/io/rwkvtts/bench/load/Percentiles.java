package io.rwkvtts.bench.load;

import io.rwkvtts.bench.Samples;
import java.util.function.DoubleUnaryOperator;

/**
 * How a figure is spread. Of a few values a high percentile would be nothing but the greatest of
 * them.
 *
 * @param p50 half of all values do not exceed it; null of none
 * @param p95 nor 95 % this; null of fewer than {@value #FEWEST_FOR_P95}
 * @param p99 nor 99 % this; null of fewer than {@value #FEWEST_FOR_P99}
 */
public record Percentiles(Double p50, Double p95, Double p99) {

    static final int FEWEST_FOR_P95 = 20;
    static final int FEWEST_FOR_P99 = 100;

    static Percentiles of(Samples samples) {
        return of(samples.count(), samples::quantile);
    }

    /**
     * Those that this number of values supports.
     *
     * @param quantile the value that a share of all does not exceed
     */
    static Percentiles of(int values, DoubleUnaryOperator quantile) {
        return new Percentiles(
                values > 0 ? quantile.applyAsDouble(0.5) : null,
                values >= FEWEST_FOR_P95 ? quantile.applyAsDouble(0.95) : null,
                values >= FEWEST_FOR_P99 ? quantile.applyAsDouble(0.99) : null);
    }
}
