package io.rwkvtts.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A fault and when it strikes.
 *
 * @param kind what happens
 * @param progress share of all records that are written by then, 0 to 1
 * @param choice for what is left to choose: the TaskManager, the new parallelism, how long it
 *     lasts; not negative
 */
record PlannedFault(FaultKind kind, double progress, int choice) {

    /** Requests should be running at the last fault, too. */
    private static final double LAST = 0.95;

    /** Share of the way between two faults that is open to chance. */
    private static final double JITTER = 0.8;

    /**
     * Faults spread over the run, each kind once before any comes again; a function of the
     * arguments.
     */
    static List<PlannedFault> plan(long seed, int faults, List<FaultKind> kinds) {
        Random random = new Random(seed);
        List<FaultKind> left = new ArrayList<>();
        List<PlannedFault> plan = new ArrayList<>();
        for (int i = 0; i < faults; i++) {
            if (left.isEmpty()) {
                left.addAll(kinds);
                Collections.shuffle(left, random);
            }
            double place = (i + 1 - JITTER * random.nextDouble()) / faults;
            plan.add(
                    new PlannedFault(
                            left.remove(left.size() - 1),
                            LAST * place,
                            random.nextInt(Integer.MAX_VALUE)));
        }
        return List.copyOf(plan);
    }

    /** One of some, chosen by the seed. */
    <T> T oneOf(List<T> candidates) {
        return candidates.get(choice % candidates.size());
    }

    /** A duration from least to most, chosen by the seed. */
    Duration between(Duration least, Duration most) {
        double share = choice / (double) Integer.MAX_VALUE;
        return least.plusMillis(Math.round(share * most.minus(least).toMillis()));
    }
}
