package io.rwkvtts.bench.check;

import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.bench.engine.Cores;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.bench.engine.StepResult;
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

    /** A step or a prefill of a report. */
    private record Timed(
            String shape, String quantize, String call, Map<Cores, Double> millis, double floorMs) {

        String name(String format) {
            return "%s %s, %s".formatted(shape, format, call);
        }

        String name() {
            return name(quantize);
        }

        Optional<Ratios> ratios(Cores cores, Optional<Timed> floats) {
            return Optional.ofNullable(millis.get(cores))
                    .map(
                            ms ->
                                    new Ratios(
                                            ms / floorMs,
                                            floats.map(exact -> exact.millis.get(cores))
                                                    .map(exact -> ms / exact)));
        }
    }

    /**
     * The ratios of a report by the names of the results, while the cores were near and while they
     * were far.
     */
    static Map<String, Ratios> of(EngineReport report) {
        Map<String, Timed> all = new LinkedHashMap<>();
        timed(report).forEach(timed -> all.put(timed.name(), timed));
        Map<String, Ratios> ratios = new LinkedHashMap<>();
        for (Timed timed : all.values()) {
            Optional<Timed> floats =
                    Optional.ofNullable(all.get(timed.name(BenchModel.FP32)))
                            .filter(other -> other != timed);
            timed.ratios(Cores.NEAR, floats)
                    .ifPresent(near -> ratios.put(timed.name() + ", near", near));
            timed.ratios(Cores.FAR, floats)
                    .ifPresent(far -> ratios.put(timed.name() + ", far", far));
        }
        return ratios;
    }

    private static Stream<Timed> timed(EngineReport report) {
        return Stream.concat(
                report.results().stream().map(Ratios::timed),
                report.prefills().stream()
                        .map(
                                prefill ->
                                        new Timed(
                                                prefill.shape(),
                                                prefill.quantize(),
                                                "prefill of " + prefill.tokens(),
                                                prefill.msP50ByCores(),
                                                prefill.floorMs())));
    }

    private static Timed timed(StepResult step) {
        return new Timed(
                step.shape(),
                step.quantize(),
                "batch " + step.batch(),
                step.stepMsP50ByCores(),
                step.floorMs());
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
        return timed(report).map(Timed::name).toList();
    }

    /** The results of steps that depend on what is computed beside them. */
    static List<String> variant(EngineReport report) {
        return report.results().stream()
                .filter(step -> !step.batchInvariant())
                .map(step -> timed(step).name())
                .toList();
    }
}
