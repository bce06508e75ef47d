package io.rwkvtts.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A fault and when it strikes.
 *
 * @param kind what happens
 * @param progress share of all records that are written by then, 0 to 1
 * @param choice for what is left to choose: the TaskManager, the new parallelism
 */
record PlannedFault(FaultKind kind, double progress, int choice) {

    /** Requests should be running at the last fault, too. */
    private static final double LAST = 0.95;

    /** Share of the way between two faults that is open to chance. */
    private static final double JITTER = 0.8;

    /** Faults spread over the run, each kind once in every four; a function of the seed. */
    static List<PlannedFault> plan(long seed, int faults) {
        Random random = new Random(seed);
        List<FaultKind> kinds = new ArrayList<>();
        List<PlannedFault> plan = new ArrayList<>();
        for (int i = 0; i < faults; i++) {
            if (kinds.isEmpty()) {
                kinds.addAll(Arrays.asList(FaultKind.values()));
                Collections.shuffle(kinds, random);
            }
            double place = (i + 1 - JITTER * random.nextDouble()) / faults;
            plan.add(
                    new PlannedFault(
                            kinds.remove(kinds.size() - 1),
                            LAST * place,
                            random.nextInt(Integer.MAX_VALUE)));
        }
        return List.copyOf(plan);
    }
}
