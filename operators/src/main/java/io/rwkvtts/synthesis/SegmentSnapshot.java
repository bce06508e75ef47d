package io.rwkvtts.synthesis;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;

/**
 * A segment in mid-generation, between two steps. Immutable: nobody writes to the arrays after
 * construction.
 *
 * @param prompt ids of the segment's prompt; kept, so that a restore does not depend on the
 *     vocabulary or the voice file
 * @param promptFed how many of them the state has seen; 0 without a state
 * @param emitted semantic tokens already emitted
 * @param limits limits it was begun with, whatever the options are by now
 * @param progress tokens so far and what comes next
 * @param ids model that the tokens and the state are of
 * @param state recurrent state as {@link io.rwkvtts.engine.InferenceEngine#saveState} gave it; null
 *     if it is to be computed again from the tokens
 */
public record SegmentSnapshot(
        int[] prompt,
        int promptFed,
        int emitted,
        GenerationLimits limits,
        GenerationProgress progress,
        StateIds ids,
        byte[] state) {

    /** The same segment, its state to be computed again. */
    public SegmentSnapshot withoutState() {
        return new SegmentSnapshot(prompt, 0, emitted, limits, progress, ids, null);
    }
}
