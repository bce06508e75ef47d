package io.rwkvtts.cli;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Feeds tokens to a model, TTS or not, and looks at the logits after the latest. */
final class LogitProbe {

    /** Bounds the memory that a long prompt takes; the results do not depend on it. */
    private static final int PREFILL_CHUNK_TOKENS = 256;

    private static final int SLOT = 0;

    private final InferenceEngine engine;
    private final float[] logits;

    /**
     * @param engine its slot 0 is empty, or continues
     */
    LogitProbe(InferenceEngine engine) {
        this.engine = engine;
        logits = new float[engine.model().headRows()];
    }

    /**
     * Feeds tokens.
     *
     * @throws IllegalArgumentException if one is not in the vocabulary
     */
    void feed(int... tokens) {
        for (PromptPiece piece : PromptPiece.cut(SLOT, tokens, PREFILL_CHUNK_TOKENS)) {
            engine.prefill(List.of(piece));
        }
        engine.logits(SLOT, logits, logits.length);
    }

    /** Ids and values of the largest logits, the largest first, the lower id among equals. */
    List<List<Number>> largest(int count) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparingDouble(id -> -logits[id]))
                .limit(count)
                .map(id -> List.<Number>of(id, logits[id]))
                .toList();
    }

    /** Feeds the token of the largest logit, that many times; the ids of these tokens. */
    int[] greedy(int steps) {
        int[] ids = new int[steps];
        for (int step = 0; step < steps; step++) {
            ids[step] = largest();
            feed(ids[step]);
        }
        return ids;
    }

    private int largest() {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }
}
