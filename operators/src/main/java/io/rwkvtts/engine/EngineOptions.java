package io.rwkvtts.engine;

/**
 * How an engine runs. None of this changes a bit of its results.
 *
 * @param slots sequences that can be held at once
 * @param threads threads that compute one call, the caller's among them
 * @param spinning whether idle threads wait busily for the next operator: faster, but takes the
 *     processor from other engines of the machine
 * @param selfTest whether opening checks that the results of a row don't depend on other rows
 * @param sampling where an engine on a device draws tokens; an engine on the CPU draws none
 */
public record EngineOptions(
        int slots, int threads, boolean spinning, boolean selfTest, SamplingPlace sampling) {

    public EngineOptions {
        requirePositive("slots", slots);
        requirePositive("threads", threads);
    }

    /** Tokens are drawn on the host. */
    public EngineOptions(int slots, int threads, boolean spinning, boolean selfTest) {
        this(slots, threads, spinning, selfTest, SamplingPlace.HOST);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "engine option " + name + " is " + value + ": expected at least 1");
        }
    }
}
