package io.rwkvtts.bench.micro;

import io.rwkvtts.bench.Surroundings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;

/** Runs the benchmarks of JMH and reads what it found. */
public final class MicroBench {

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private MicroBench() {}

    /** Measures the sampler, with every rule and every kind of logits. */
    public static SamplerReport sampler(MicroSettings settings) {
        Surroundings surroundings = Surroundings.now();
        List<SamplerResult> results =
                run(settings.options(SamplerBenchmark.class).build()).stream()
                        .map(
                                result ->
                                        new SamplerResult(
                                                name(result, "rule"),
                                                name(result, "logits"),
                                                time(result).getScore(),
                                                time(result).getScoreError(),
                                                allocated(result)))
                        .toList();
        return new SamplerReport(surroundings, results);
    }

    /**
     * Measures the tokenizer, with every kind of text.
     *
     * @param vocabulary to encode with
     */
    public static TokenizerReport tokenizer(MicroSettings settings, Path vocabulary) {
        Surroundings surroundings = Surroundings.now();
        Options options =
                settings.options(TokenizerBenchmark.class)
                        .param("vocabulary", vocabulary.toAbsolutePath().toString())
                        .build();
        List<TokenizerResult> results =
                run(options).stream().map(MicroBench::tokenizerResult).toList();
        return new TokenizerReport(surroundings, results);
    }

    private static TokenizerResult tokenizerResult(RunResult result) {
        String sample = result.getParams().getParam("sample");
        int bytes = TokenizerBenchmark.bytes(TokenizerBenchmark.Sample.valueOf(sample));
        double micros = time(result).getScore();
        return new TokenizerResult(
                name(result, "sample"),
                bytes,
                bytes / micros,
                bytes * time(result).getScoreError() / (micros * micros),
                allocated(result) / bytes);
    }

    private static Collection<RunResult> run(Options options) {
        try {
            return new Runner(options).run();
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH can't measure: " + e.getMessage(), e);
        }
    }

    private static String name(RunResult result, String parameter) {
        BenchmarkParams parameters = result.getParams();
        return parameters.getParam(parameter).toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Result<?> time(RunResult result) {
        return result.getPrimaryResult();
    }

    private static double allocated(RunResult result) {
        return result.getSecondaryResults().get(ALLOCATED).getScore();
    }
}
