package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.SegmentGeneration;

/**
 * One segment of a request while it is generated in a slot: what is to be fed before it takes part
 * in the steps, how much of that is fed, the generation after it, and how many of its tokens are
 * out. Mutable; owned by the loop.
 */
final class ActiveSegment {
    final int slot;
    final int[] prompt;

    /** How many tokens at the beginning of the prompt stand for its voice, in every text. */
    final int voiceTokens;

    final GenerationLimits limits;
    final SegmentGeneration generation;

    /** What to prefill: the prompt, or after a restore without state all that was fed before. */
    final int[] prefill;

    int prefilled;
    int emitted;

    /** Logits after the whole prompt if they were known and are not used yet; else null. */
    float[] knownLogits;

    /** State that the slot is to get before its next token is fed; null if it has its own. */
    byte[] stateToLoad;

    /** Whether the {@link PrefixCache} is to keep the state after the voice, and the prompt. */
    boolean keepVoice;

    boolean keepPrompt;

    ActiveSegment(
            int slot,
            int[] prompt,
            int voiceTokens,
            GenerationLimits limits,
            SegmentGeneration generation) {
        this(slot, prompt, voiceTokens, limits, generation, prompt);
    }

    private ActiveSegment(
            int slot,
            int[] prompt,
            int voiceTokens,
            GenerationLimits limits,
            SegmentGeneration generation,
            int[] prefill) {
        this.slot = slot;
        this.prompt = prompt;
        this.voiceTokens = voiceTokens;
        this.limits = limits;
        this.generation = generation;
        this.prefill = prefill;
    }

    /** A segment as {@code snapshot} found it, in a slot of its own. */
    static ActiveSegment restore(int slot, SegmentSnapshot snapshot, SegmentGeneration generation) {
        boolean recompute = snapshot.state() == null;
        ActiveSegment active =
                new ActiveSegment(
                        slot,
                        snapshot.prompt(),
                        0,
                        snapshot.limits(),
                        generation,
                        recompute ? snapshot.progress().fed(snapshot.prompt()) : snapshot.prompt());
        active.prefilled = snapshot.promptFed();
        active.emitted = snapshot.emitted();
        active.stateToLoad = snapshot.state();
        return active;
    }

    /** The next piece to feed, of at most that many tokens. */
    PromptPiece nextPiece(int maxTokens) {
        int end = Math.min(prefill.length, prefilled + maxTokens);
        if (keepVoice && prefilled < voiceTokens) {
            end = Math.min(end, voiceTokens);
        }
        return new PromptPiece(slot, prefill, prefilled, end);
    }

    /** Whether something is to be fed before the segment takes part in the steps. */
    boolean waiting() {
        return prefilled < prefill.length;
    }

    /** Whether the segment takes part in the steps. */
    boolean decoding() {
        return !waiting() && knownLogits == null;
    }

    /** Whether the state alone is enough to continue: not within a restore, nor at known logits. */
    boolean resumable() {
        return knownLogits == null && (prefill == prompt || !waiting());
    }

    /**
     * The segment as it stands between two steps.
     *
     * @param state the bits of its slot, null to have them computed again
     */
    SegmentSnapshot snapshot(EngineModel model, byte[] state) {
        return new SegmentSnapshot(
                prompt,
                state == null ? 0 : Math.min(prefilled, prompt.length),
                emitted,
                limits,
                generation.progress(),
                model.weightsId(),
                model.numericsId(),
                model.stateLayout(),
                state);
    }
}
