package io.rwkvtts.job.bench.check;

import java.util.List;

/**
 * One ratio of the baseline and what became of it.
 *
 * @param name what it says
 * @param baseline its value in the baseline
 * @param current its values in the runs since, in their order; null where the cores never were so
 * @param failed whether it was worse, by more than the tolerance, in so many runs in a row that it
 *     can't be chance
 */
public record RatioCheck(String name, double baseline, List<Double> current, boolean failed) {}
