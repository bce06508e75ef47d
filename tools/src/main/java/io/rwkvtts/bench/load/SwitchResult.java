package io.rwkvtts.bench.load;

/**
 * What a switch brings. A speed-up is the time of a run without it by that of the run with it that
 * came next to it.
 *
 * @param name of the switch
 * @param runs with and without it, each
 * @param tokensPerSecondOff median without
 * @param tokensPerSecondOn median with
 * @param speedUp median of the speed-ups
 * @param speedUpLeast the least of them
 * @param speedUpMost the greatest of them
 * @param firstChunkMsOff median over the runs of the median time to the first chunk, without
 * @param firstChunkMsOn the same with
 * @param tokensIdentical whether every request had the same tokens in all runs
 */
public record SwitchResult(
        String name,
        int runs,
        double tokensPerSecondOff,
        double tokensPerSecondOn,
        double speedUp,
        double speedUpLeast,
        double speedUpMost,
        double firstChunkMsOff,
        double firstChunkMsOn,
        boolean tokensIdentical) {}
