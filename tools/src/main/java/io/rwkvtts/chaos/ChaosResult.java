package io.rwkvtts.chaos;

import java.util.List;
import java.util.Optional;

/**
 * How a run went.
 *
 * @param wanted faults that were to strike
 * @param faults that have struck, in their order
 * @param comparison with the undisturbed run
 * @param requests sent
 * @param dropped records that the consumer dropped as repeated
 * @param waits times that the consumer waited for missing records
 * @param longestWaitMs the longest of them
 * @param gaps times that the consumer gave up waiting for missing records
 * @param sound comparison of the sound; empty if the job makes none
 */
public record ChaosResult(
        int wanted,
        List<StruckFault> faults,
        Comparison comparison,
        int requests,
        long dropped,
        int waits,
        long longestWaitMs,
        long gaps,
        Optional<SoundComparison> sound) {

    public ChaosResult {
        faults = List.copyOf(faults);
    }

    /** Faults that struck running generations. */
    public long counted() {
        return faults.stream().filter(StruckFault::counts).count();
    }

    /**
     * Whether as many faults as wanted struck running generations, and nothing was given up, lost,
     * duplicated or changed.
     */
    public boolean passed() {
        return counted() == wanted
                && gaps == 0
                && comparison.clean()
                && sound.map(SoundComparison::clean).orElse(true);
    }
}
