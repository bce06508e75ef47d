package io.rwkvtts.job.bench.check;

import java.util.List;

/**
 * What {@link BaselineCheck} found.
 *
 * @param tolerance share by which a ratio may be worse
 * @param runs number of runs compared with the baseline
 * @param ratios all of the baseline
 * @param variant results that depend on what is computed beside them: those are wrong, not slow,
 *     and fail at once
 */
public record CheckReport(
        double tolerance, int runs, List<RatioCheck> ratios, List<String> variant) {

    /** Whether nothing failed. */
    public boolean passed() {
        return variant.isEmpty() && ratios.stream().noneMatch(RatioCheck::failed);
    }

    /** Whether a ratio of the latest run is worse than the tolerance allows. */
    public boolean latestIsWorse() {
        return ratios.stream()
                .anyMatch(
                        ratio ->
                                BaselineCheck.worse(
                                        ratio.current().get(ratio.current().size() - 1),
                                        ratio.baseline(),
                                        tolerance));
    }
}
