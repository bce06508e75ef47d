package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.SegmentGeneration;

/**
 * One segment of a request while it is spoken in a slot: what is to be fed before it takes part in
 * the steps, how much of that is fed, the generation behind it, and how many of its tokens are out.
 * Mutable; owned by the loop.
 */
final class Utterance {
    final int slot;
    final int[] prompt;
    final GenerationLimits limits;
    final SegmentGeneration generation;

    /** What to prefill: the prompt, or behind a restore without state all that was fed before. */
    final int[] prefill;

    int prefilled;
    int emitted;

    Utterance(int slot, int[] prompt, GenerationLimits limits, SegmentGeneration generation) {
        this(slot, prompt, limits, generation, prompt);
    }

    private Utterance(
            int slot,
            int[] prompt,
            GenerationLimits limits,
            SegmentGeneration generation,
            int[] prefill) {
        this.slot = slot;
        this.prompt = prompt;
        this.limits = limits;
        this.generation = generation;
        this.prefill = prefill;
    }

    /** An utterance as {@code snapshot} found it, in a slot of its own. */
    static Utterance restore(int slot, UtteranceSnapshot snapshot, SegmentGeneration generation) {
        boolean recompute = snapshot.state() == null;
        Utterance utterance =
                new Utterance(
                        slot,
                        snapshot.prompt(),
                        snapshot.limits(),
                        generation,
                        recompute ? snapshot.progress().fed(snapshot.prompt()) : snapshot.prompt());
        utterance.prefilled = snapshot.promptFed();
        utterance.emitted = snapshot.emitted();
        return utterance;
    }

    /** Whether the segment takes part in the steps. */
    boolean decoding() {
        return prefilled == prefill.length;
    }

    /** Whether a restore without state is not over. */
    boolean recomputing() {
        return prefill != prompt && !decoding();
    }

    /**
     * The utterance as it stands between two steps.
     *
     * @param state the bits of its slot, null to have them computed again
     */
    UtteranceSnapshot snapshot(EngineModel model, byte[] state) {
        return new UtteranceSnapshot(
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
