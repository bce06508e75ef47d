package io.rwkvtts.job.bench.check;

import io.rwkvtts.job.bench.engine.BenchModel;
import io.rwkvtts.job.bench.engine.Cores;
import io.rwkvtts.job.bench.engine.EngineReport;
import io.rwkvtts.job.bench.engine.PrefillResult;
import io.rwkvtts.job.bench.engine.StepResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of a report can be compared with that of another day or machine: no times, but times as
 * multiples of what the machine needed at least, and of each other. Less is better in all of them.
 */
final class Ratios {

    private Ratios() {}

    /**
     * The ratios of a report, by what they say: while the cores were near, and while they were far.
     */
    static Map<String, Double> of(EngineReport report) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (StepResult step : report.results()) {
            step.stepMsP50ByCores()
                    .forEach((cores, ms) -> addStep(ratios, report, step, cores, ms));
        }
        for (PrefillResult prefill : report.prefills()) {
            prefill.msP50ByCores()
                    .forEach(
                            (cores, ms) ->
                                    ratios.put(
                                            name(prefill) + at(cores) + ": time / floor",
                                            ms / prefill.floorMs()));
        }
        return ratios;
    }

    private static void addStep(
            Map<String, Double> ratios,
            EngineReport report,
            StepResult step,
            Cores cores,
            double ms) {
        String name = name(step) + at(cores);
        ratios.put(name + ": step / floor", ms / step.floorMs());
        find(report, step.quantize(), step, smallestBatch(report, step), cores)
                .ifPresent(
                        one ->
                                ratios.put(
                                        "%s: step / step of batch %d".formatted(name, one.batch()),
                                        ms / one.stepMsP50ByCores().get(cores)));
        find(report, BenchModel.FP32, step, step.batch(), cores)
                .ifPresent(
                        exact ->
                                ratios.put(
                                        name + ": step / fp32 step",
                                        ms / exact.stepMsP50ByCores().get(cores)));
    }

    private static String at(Cores cores) {
        return switch (cores) {
            case NEAR -> ", near";
            case FAR -> ", far";
        };
    }

    /** The names of all results. */
    static List<String> results(EngineReport report) {
        return Stream.concat(
                        report.results().stream().map(Ratios::name),
                        report.prefills().stream().map(Ratios::name))
                .toList();
    }

    /** The results of steps that depend on what is computed beside them. */
    static List<String> variant(EngineReport report) {
        return report.results().stream()
                .filter(step -> !step.batchInvariant())
                .map(Ratios::name)
                .toList();
    }

    private static String name(StepResult step) {
        return "%s %s, batch %d".formatted(step.shape(), step.quantize(), step.batch());
    }

    private static String name(PrefillResult prefill) {
        return "%s %s, prefill of %d"
                .formatted(prefill.shape(), prefill.quantize(), prefill.tokens());
    }

    private static int smallestBatch(EngineReport report, StepResult of) {
        return report.results().stream()
                .filter(step -> step.shape().equals(of.shape()))
                .filter(step -> step.quantize().equals(of.quantize()))
                .mapToInt(StepResult::batch)
                .min()
                .orElseThrow();
    }

    /** Another result of the same shape, with cores as far apart. */
    private static Optional<StepResult> find(
            EngineReport report, String quantize, StepResult than, int batch, Cores cores) {
        return report.results().stream()
                .filter(step -> step.shape().equals(than.shape()))
                .filter(step -> step.quantize().equals(quantize) && step.batch() == batch)
                .filter(step -> step != than && step.stepMsP50ByCores().containsKey(cores))
                .findFirst();
    }
}
