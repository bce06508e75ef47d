package io.rwkvtts.job.bench.check;

import java.util.List;
import java.util.Objects;

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

    /** Whether nothing failed, and anything could be compared. */
    public boolean passed() {
        return variant.isEmpty() && compared() && ratios.stream().noneMatch(RatioCheck::failed);
    }

    /** Whether the cores were ever as far apart as in the baseline. */
    public boolean compared() {
        return ratios.stream()
                .flatMap(ratio -> ratio.current().stream())
                .anyMatch(Objects::nonNull);
    }

    /** Whether another run can still tell: nothing could be compared, or something looks worse. */
    public boolean undecided() {
        return variant.isEmpty()
                && ratios.stream().noneMatch(RatioCheck::failed)
                && (!compared() || ratios.stream().anyMatch(this::looksWorse));
    }

    private boolean looksWorse(RatioCheck ratio) {
        return ratio.current().stream()
                .filter(Objects::nonNull)
                .reduce((earlier, later) -> later)
                .filter(latest -> BaselineCheck.worse(latest, ratio.baseline(), tolerance))
                .isPresent();
    }
}
