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
 * What of a result can be compared with that of another day or machine: no times, but times as
 * multiples of others. Less is better.
 *
 * @param toFloor of what the machine needed at least, as measured in the same run
 * @param toFloats of the time of the same call with 32-bit floats; empty for those and where there
 *     are none
 */
record Ratios(double toFloor, Optional<Double> toFloats) {

    /**
     * The ratios of a report by the names of the results, while the cores were near and while they
     * were far.
     */
    static Map<String, Ratios> of(EngineReport report) {
        Map<String, Ratios> ratios = new LinkedHashMap<>();
        for (StepResult step : report.results()) {
            Map<Cores, Double> floats =
                    report.results().stream()
                            .filter(other -> other != step && other.batch() == step.batch())
                            .filter(other -> isFloats(other.quantize()))
                            .filter(other -> other.shape().equals(step.shape()))
                            .map(StepResult::stepMsP50ByCores)
                            .findFirst()
                            .orElse(Map.of());
            add(ratios, name(step), step.stepMsP50ByCores(), step.floorMs(), floats);
        }
        for (PrefillResult prefill : report.prefills()) {
            Map<Cores, Double> floats =
                    report.prefills().stream()
                            .filter(other -> other != prefill && other.tokens() == prefill.tokens())
                            .filter(other -> isFloats(other.quantize()))
                            .filter(other -> other.shape().equals(prefill.shape()))
                            .map(PrefillResult::msP50ByCores)
                            .findFirst()
                            .orElse(Map.of());
            add(ratios, name(prefill), prefill.msP50ByCores(), prefill.floorMs(), floats);
        }
        return ratios;
    }

    private static void add(
            Map<String, Ratios> ratios,
            String name,
            Map<Cores, Double> millis,
            double floorMs,
            Map<Cores, Double> floats) {
        millis.forEach(
                (cores, ms) ->
                        ratios.put(
                                name + (cores == Cores.NEAR ? ", near" : ", far"),
                                new Ratios(
                                        ms / floorMs,
                                        Optional.ofNullable(floats.get(cores))
                                                .map(exact -> ms / exact))));
    }

    /**
     * How many times as slow this is as a recorded result, by the ratio that has become worse the
     * least: a machine can become faster at reading or at multiplying without the other, and then
     * one ratio alone looks worse.
     */
    double slowdownSince(Ratios recorded) {
        double byFloor = toFloor / recorded.toFloor;
        return toFloats.flatMap(now -> recorded.toFloats.map(then -> now / then))
                .map(byFloats -> Math.min(byFloor, byFloats))
                .orElse(byFloor);
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

    private static boolean isFloats(String quantize) {
        return quantize.equals(BenchModel.FP32);
    }

    private static String name(StepResult step) {
        return "%s %s, batch %d".formatted(step.shape(), step.quantize(), step.batch());
    }

    private static String name(PrefillResult prefill) {
        return "%s %s, prefill of %d"
                .formatted(prefill.shape(), prefill.quantize(), prefill.tokens());
    }
}
