package io.rwkvtts.plan;

import java.util.List;

/**
 * How fast a machine is from one time to another: quantiles of the time of a call, as shares of its
 * mean. Virtual processors lie now on cores that suit them and now on others, and what else runs on
 * the machine comes and goes.
 */
public record Pace(double p10, double p50, double p95) {

    /** A machine that is always equally fast. */
    static final Pace STEADY = new Pace(1, 1, 1);

    private static final double P10 = 0.1;
    private static final double P50 = 0.5;
    private static final double P95 = 0.95;

    /** What all of them have on average; steady if there are none. */
    static Pace mean(List<Pace> all) {
        if (all.isEmpty()) {
            return STEADY;
        }
        return new Pace(
                all.stream().mapToDouble(Pace::p10).average().orElseThrow(),
                all.stream().mapToDouble(Pace::p50).average().orElseThrow(),
                all.stream().mapToDouble(Pace::p95).average().orElseThrow());
    }

    /**
     * A share of the mean time: linear between the quantiles, and beyond the first and the last as
     * steep as next to them. The mean over all quantiles is 1.
     *
     * @param quantile in [0, 1]
     */
    double factor(double quantile) {
        double mean =
                P10 * (share(0) + p10) / 2
                        + (P50 - P10) * (p10 + p50) / 2
                        + (P95 - P50) * (p50 + p95) / 2
                        + (1 - P95) * (p95 + share(1)) / 2;
        return share(quantile) / mean;
    }

    private double share(double quantile) {
        return quantile < P50
                ? p10 + (quantile - P10) * (p50 - p10) / (P50 - P10)
                : p50 + (quantile - P50) * (p95 - p50) / (P95 - P50);
    }
}
