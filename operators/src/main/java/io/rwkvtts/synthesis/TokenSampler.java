package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineSampler;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.scheduling.NanoClock;

/**
 * Draws the tokens of all slots of a call at once: by the engine where that draws tokens, else on
 * the host, from logits that are copied out of the engine slot by slot. The tokens are the same.
 *
 * <p>Owns the memory for one slot's logits. For the thread of the engine; allocates nothing.
 */
final class TokenSampler {

    private final InferenceEngine engine;

    /** Null if the engine draws no tokens. */
    private final EngineSampler engineSampler;

    private final LoopObserver observer;
    private final NanoClock nanos;
    private final Sampler sampler = new Sampler(IdSpace.SEMANTIC_LOGITS);
    private final float[] copied = new float[IdSpace.SEMANTIC_LOGITS];

    TokenSampler(InferenceEngine engine, LoopObserver observer, NanoClock nanos) {
        this.engine = engine;
        this.observer = observer;
        this.nanos = nanos;
        engineSampler = engine.sampler().orElse(null);
    }

    /** Draws the token of every row that wants one, from the logits of the engine's latest call. */
    void sample(DrawBatch draws) {
        if (engineSampler != null) {
            sampleInEngine(draws);
        }
        for (int row = 0; row < draws.size(); row++) {
            if (draws.wanted(row) && !byEngine(draws, row)) {
                sample(draws, row);
            }
        }
    }

    private boolean byEngine(DrawBatch draws, int row) {
        return engineSampler != null && draws.knownLogits(row) == null;
    }

    private void sampleInEngine(DrawBatch draws) {
        long start = nanos.nanoTime();
        int count = 0;
        for (int row = 0; row < draws.size(); row++) {
            if (draws.wanted(row) && byEngine(draws, row)) {
                SegmentGeneration generation = draws.generation(row);
                engineSampler.put(
                        count++,
                        draws.slot(row),
                        generation.logitsNeeded(),
                        generation.forbidden(),
                        generation.sampling(),
                        generation.uniform());
            }
        }
        if (count == 0) {
            return;
        }
        engineSampler.draw(count);
        long each = (nanos.nanoTime() - start) / count;
        int index = 0;
        for (int row = 0; row < draws.size(); row++) {
            if (draws.wanted(row) && byEngine(draws, row)) {
                int token = engineSampler.token(index++);
                if (token == EngineSampler.REFUSED) {
                    // Which of the logits is broken, the host finds out.
                    sample(draws, row);
                } else {
                    draws.drawn(row, token);
                    observer.sampled(each);
                }
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
