package io.rwkvtts.synthesis;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.scheduling.NanoClock;

/**
 * Draws the tokens of all slots of a call at once. It does so on the host, from logits that it
 * copies out of the engine slot by slot; an engine that draws where its logits are would take the
 * place of this class.
 *
 * <p>Owns the memory for one slot's logits. For the thread of the engine; allocates nothing.
 */
final class TokenSampler {

    private final InferenceEngine engine;
    private final LoopObserver observer;
    private final NanoClock nanos;
    private final Sampler sampler = new Sampler(IdSpace.SEMANTIC_LOGITS);
    private final float[] copied = new float[IdSpace.SEMANTIC_LOGITS];

    TokenSampler(InferenceEngine engine, LoopObserver observer, NanoClock nanos) {
        this.engine = engine;
        this.observer = observer;
        this.nanos = nanos;
    }

    /** Draws the token of every row that wants one, from the logits of the engine's latest call. */
    void sample(DrawBatch draws) {
        for (int row = 0; row < draws.size(); row++) {
            if (draws.wanted(row)) {
                sample(draws, row);
            }
        }
    }

    private void sample(DrawBatch draws, int row) {
        SegmentGeneration generation = draws.generation(row);
        float[] logits = draws.knownLogits(row);
        if (logits == null) {
            engine.logits(draws.slot(row), copied, generation.logitsNeeded());
            logits = copied;
        }
        long start = nanos.nanoTime();
        try {
            draws.drawn(
                    row,
                    sampler.sample(
                            logits,
                            generation.logitsNeeded(),
                            generation.forbidden(),
                            generation.sampling(),
                            generation.uniform()));
        } catch (InvalidLogitsException e) {
            draws.failed(row, e);
            return;
        }
        observer.sampled(nanos.nanoTime() - start);
    }
}
