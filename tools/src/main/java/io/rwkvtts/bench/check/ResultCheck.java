package io.rwkvtts.bench.check;

import java.util.List;

/**
 * One result of the baseline and what became of it.
 *
 * @param name what was measured, with cores how far apart
 * @param baseline the recorded time as a multiple of the floor
 * @param slowdowns how many times as slow it was in the runs since, in their order; null where the
 *     cores never were so
 * @param failed whether it was worse, by more than the tolerance, in enough runs in a row that it
 *     can't be chance
 */
public record ResultCheck(String name, double baseline, List<Double> slowdowns, boolean failed) {

    /** Whether a slowdown is more than the tolerance allows; not if there is none. */
    static boolean worse(Double slowdown, double tolerance) {
        return slowdown != null && slowdown > 1 + tolerance;
    }
}
