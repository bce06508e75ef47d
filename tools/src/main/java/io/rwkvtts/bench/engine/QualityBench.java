package io.rwkvtts.bench.engine;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far the logits of quantised weights are from those of 32-bit floats, token by token of the
 * same sequence. The sequence is drawn from the logits of the floats, so that it is one that the
 * model would generate, and fed to all: an error does not lead to another sequence.
 */
public final class QualityBench {

    private static final SamplingParameters DRAW = SamplingParameters.SEMANTIC;
    private static final int PROMPT = 16;

    private QualityBench() {}

    /**
     * Measures.
     *
     * @param models of equal weights; the first is what the others are compared with
     * @param tokens length of the sequence
     * @param threads threads of each engine
     * @param seed of the sequence
     * @return for each model but the first
     */
    public static List<QualityResult> run(
            List<BenchModel> models, int tokens, int threads, long seed, EngineOpener opener) {
        List<InferenceEngine> engines = new ArrayList<>();
        try {
            for (BenchModel model : models) {
                engines.add(
                        opener.open(model.directory(), new EngineOptions(1, threads, true, false)));
            }
            List<LogitErrors> errors = compare(engines, tokens, seed);
            return IntStream.range(0, errors.size())
                    .mapToObj(i -> errors.get(i).result(models.get(i + 1)))
                    .toList();
        } finally {
            engines.forEach(InferenceEngine::close);
        }
    }

    private static List<LogitErrors> compare(List<InferenceEngine> engines, int tokens, long seed) {
        InferenceEngine exact = engines.get(0);
        int rows = exact.model().headRows();
        float[] expected = new float[rows];
        float[] actual = new float[rows];
        Sampler sampler = new Sampler(rows);
        List<LogitErrors> errors =
                engines.stream().skip(1).map(engine -> new LogitErrors()).toList();
        int[] prompt = Tokens.random(seed, PROMPT, rows);
        engines.forEach(engine -> engine.prefill(List.of(new PromptPiece(0, prompt, 0, PROMPT))));
        for (int at = 0; at < tokens; at++) {
            exact.logits(0, expected, rows);
            for (int i = 0; i < errors.size(); i++) {
                engines.get(i + 1).logits(0, actual, rows);
                errors.get(i).add(expected, actual);
            }
            double u = CounterRandom.uniform(seed, 0, at);
            int[] next = {sampler.sample(expected, rows, Sampler.NONE, DRAW, u)};
            engines.forEach(engine -> engine.step(new int[] {0}, next, 1));
        }
        return errors;
    }
}
