package io.rwkvtts.bench.snapshot;

/**
 * Snapshots of a batch of running sequences in one mode.
 *
 * @param shape name of the model
 * @param quantize its number format
 * @param mode {@code state} or {@code tokens}
 * @param sequences how many were running
 * @param tokens tokens that each was fed and has generated
 * @param bytesPerSequence size of one in a checkpoint
 * @param pauseMs median time in which no step can run: the states are copied
 * @param writeMs median time to serialize all, which happens beside the steps
 * @param restoreMs median time from the bytes to the first step: the states are copied back, or
 *     computed again from the tokens
 */
public record SnapshotResult(
        String shape,
        String quantize,
        String mode,
        int sequences,
        int tokens,
        long bytesPerSequence,
        double pauseMs,
        double writeMs,
        double restoreMs) {}
