package io.rwkvtts.bench.check;

import java.util.List;
import java.util.Objects;

/**
 * What {@link BaselineCheck} found.
 *
 * @param tolerance share by which a result may be worse
 * @param runs number of runs compared with the baseline
 * @param results all of the baseline
 * @param variant results that depend on what is computed beside them: those are wrong, not slow,
 *     and fail at once
 */
public record CheckReport(
        double tolerance, int runs, List<ResultCheck> results, List<String> variant) {

    /** Whether nothing failed, and anything could be compared. */
    public boolean passed() {
        return variant.isEmpty() && compared() && results.stream().noneMatch(ResultCheck::failed);
    }

    /** Whether the cores were ever as far apart as in the baseline. */
    public boolean compared() {
        return results.stream()
                .flatMap(result -> result.slowdowns().stream())
                .anyMatch(Objects::nonNull);
    }

    /**
     * Whether another run can still decide: nothing could be compared, or something looks worse.
     */
    public boolean undecided() {
        return variant.isEmpty()
                && results.stream().noneMatch(ResultCheck::failed)
                && (!compared() || !suspects().isEmpty());
    }

    /** The results that were worse than the tolerance allows where they were last seen. */
    public List<ResultCheck> suspects() {
        return results.stream().filter(this::looksWorse).toList();
    }

    private boolean looksWorse(ResultCheck result) {
        return result.slowdowns().stream()
                .filter(Objects::nonNull)
                .reduce((earlier, later) -> later)
                .filter(latest -> ResultCheck.worse(latest, tolerance))
                .isPresent();
    }
}
