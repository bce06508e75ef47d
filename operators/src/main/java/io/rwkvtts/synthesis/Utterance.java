package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.SegmentGeneration;

/**
 * One segment of a request while it is spoken in a slot: its prompt, how much of it is fed, the
 * generation behind it, and how many of its tokens are out. Mutable; owned by the loop.
 */
final class Utterance {
    final int slot;
    final int[] prompt;
    final GenerationLimits limits;
    final SegmentGeneration generation;
    int promptFed;
    int emitted;

    Utterance(int slot, int[] prompt, GenerationLimits limits, SegmentGeneration generation) {
        this.slot = slot;
        this.prompt = prompt;
        this.limits = limits;
        this.generation = generation;
    }

    /** An utterance as {@code snapshot} found it, in a slot of its own. */
    static Utterance restore(int slot, UtteranceSnapshot snapshot, SegmentGeneration generation) {
        Utterance utterance = new Utterance(slot, snapshot.prompt(), snapshot.limits(), generation);
        utterance.promptFed = snapshot.promptFed();
        utterance.emitted = snapshot.emitted();
        return utterance;
    }

    /** Whether the whole prompt has been fed, so that the segment takes part in the steps. */
    boolean decoding() {
        return promptFed == prompt.length;
    }

    /** The utterance as it stands between two steps, with the bits of its slot. */
    UtteranceSnapshot snapshot(EngineModel model, byte[] state) {
        return new UtteranceSnapshot(
                prompt,
                promptFed,
                emitted,
                limits,
                generation.progress(),
                model.weightsId(),
                model.numericsId(),
                model.stateLayout(),
                state);
    }
}
