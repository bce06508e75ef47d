package io.rwkvtts.synthesis;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.scheduling.NanoClock;
import java.util.List;

/**
 * Generates one segment after another, each from its prompt to its end: an engine without batching,
 * queue or stream. What {@link SynthesisLoop} generates, in any company, is compared with this.
 *
 * <p>Uses slot 0 of the engine, whose thread it runs on.
 */
public final class UnbatchedGenerator {

    /** Bounds the memory that a long prompt takes; the results do not depend on it. */
    private static final int PREFILL_CHUNK_TOKENS = 256;

    private static final int SLOT = 0;

    private final InferenceEngine engine;
    private final TokenSampler sampler;
    private final DrawBatch draws = new DrawBatch(1);
    private final int[] slots = {SLOT};
    private final int[] tokens = new int[1];

    /**
     * @param engine of a TTS model; slot 0 is overwritten
     */
    public UnbatchedGenerator(InferenceEngine engine) {
        this.engine = requireNonNull(engine, "engine");
        sampler = new TokenSampler(engine, LoopObserver.NONE, NanoClock.SYSTEM);
    }

    /**
     * Generates a whole segment.
     *
     * @param prompt ids of the prompt, at least one
     * @param generation that begins after the prompt; finished afterwards
     * @throws io.rwkvtts.sampling.InvalidLogitsException if the model gives no usable logits
     */
    public void generate(int[] prompt, SegmentGeneration generation) {
        engine.clear(SLOT);
        for (PromptPiece piece : PromptPiece.cut(SLOT, prompt, PREFILL_CHUNK_TOKENS)) {
            engine.prefill(List.of(piece));
        }
        while (!generation.finished()) {
            if (generation.needsLogits()) {
                draws.clear();
                draws.add(SLOT, generation);
                sampler.sample(draws);
                generation.drawn(draws.token(0));
            } else {
                tokens[0] = generation.nextInput();
                engine.step(slots, tokens, 1);
            }
        }
    }
}
