package io.rwkvtts.job.bench.check;

import io.rwkvtts.job.bench.engine.BenchModel;
import io.rwkvtts.job.bench.engine.EngineReport;
import io.rwkvtts.job.bench.engine.PrefillResult;
import io.rwkvtts.job.bench.engine.StepResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of a report can be compared with that of another day or machine: no times, but times as
 * multiples of what the machine needed at least, and of each other. Less is better in all of them.
 */
final class Ratios {

    private Ratios() {}

    /** The ratios of a report, by what they say. */
    static Map<String, Double> of(EngineReport report) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (StepResult step : report.results()) {
            String name = name(step);
            ratios.put(name + ": step / floor", step.floorRatio());
            find(report, step.quantize(), step, smallestBatch(report, step))
                    .ifPresent(
                            one ->
                                    ratios.put(
                                            "%s: step / step of batch %d"
                                                    .formatted(name, one.batch()),
                                            step.stepMsP50() / one.stepMsP50()));
            find(report, BenchModel.FP32, step, step.batch())
                    .ifPresent(
                            exact ->
                                    ratios.put(
                                            name + ": step / fp32 step",
                                            step.stepMsP50() / exact.stepMsP50()));
        }
        for (PrefillResult prefill : report.prefills()) {
            ratios.put(
                    "%s %s, prefill of %d: time / floor"
                            .formatted(prefill.shape(), prefill.quantize(), prefill.tokens()),
                    prefill.floorRatio());
        }
        return ratios;
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

    private static int smallestBatch(EngineReport report, StepResult of) {
        return report.results().stream()
                .filter(step -> step.shape().equals(of.shape()))
                .filter(step -> step.quantize().equals(of.quantize()))
                .mapToInt(StepResult::batch)
                .min()
                .orElseThrow();
    }

    /** Another result of the same model. */
    private static Optional<StepResult> find(
            EngineReport report, String quantize, StepResult than, int batch) {
        return report.results().stream()
                .filter(step -> step.shape().equals(than.shape()))
                .filter(step -> step.quantize().equals(quantize) && step.batch() == batch)
                .filter(step -> step != than)
                .findFirst();
    }
}
