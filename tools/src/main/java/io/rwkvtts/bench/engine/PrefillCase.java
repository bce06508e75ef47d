package io.rwkvtts.bench.engine;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import java.time.Duration;
import java.util.List;

/** Prefill of prompts of one length on an engine that others use in turn. */
final class PrefillCase {

    private final BenchModel model;
    private final int tokens;
    private final TimedCalls calls;

    /**
     * @param threads that the engine computes with
     */
    PrefillCase(InferenceEngine engine, BenchModel model, int tokens, int threads) {
        this.model = model;
        this.tokens = tokens;
        int[] prompt = Tokens.random(tokens, tokens, engine.model().vocabRows());
        List<PromptPiece> pieces = List.of(new PromptPiece(0, prompt, 0, tokens));
        calls =
                new TimedCalls(
                        () -> {
                            engine.clear(0);
                            engine.prefill(pieces);
                        },
                        threads > 1);
    }

    void turn(Duration length) {
        calls.turn(length);
    }

    PrefillResult result(Machine machine) {
        double floor = Floor.of(model.directory(), 1, tokens, machine).totalMs();
        double median = calls.millis().median();
        return new PrefillResult(
                model.shape(),
                model.quantize(),
                tokens,
                tokens * calls.perSecond(),
                calls.millis().quantile(0.1),
                median,
                calls.millis().quantile(0.95),
                calls.mediansByCores(),
                floor,
                median / floor);
    }
}
