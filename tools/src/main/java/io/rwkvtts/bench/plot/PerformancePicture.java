package io.rwkvtts.bench.plot;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.bench.engine.StepResult;
import io.rwkvtts.bench.load.JobReport;
import io.rwkvtts.bench.load.OpenLoopResult;
import io.rwkvtts.bench.load.SaturatedResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * A picture of two reports, as SVG: on the left tokens per second over the batch, of the engine and
 * of the whole job; on the right the time to the first chunk over the streams, its p95 where there
 * are values enough.
 */
public final class PerformancePicture {

    private static final int FOOT = 40;

    private PerformancePicture() {}

    /**
     * Draws it.
     *
     * @throws IllegalArgumentException if a report has nothing to draw
     */
    public static String svg(EngineReport engine, JobReport job) {
        if (engine.results().isEmpty() || job.openLoop().isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing to draw: expected steps in the report of the engine and arrivals in that of the job");
        }
        String left =
                new Chart("Tokens per second", "batch, streams", "tokens/s", speeds(engine, job))
                        .svg(0, 0);
        String right =
                new Chart(
                                "First chunk, %s %s, %.0f %% load"
                                        .formatted(job.model(), job.quantize(), 100 * job.load()),
                                "streams",
                                "ms",
                                latencies(job))
                        .svg(Chart.WIDTH, 0);
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif">
                <style>.title{font-size:15px;font-weight:bold}.axis{font-size:12px}.foot{font-size:11px;fill:#555}.grid{stroke:#ddd}</style>
                <rect width="100%%" height="100%%" fill="#fff"/>
                %s%s%s%s</svg>
                """
                .formatted(
                        2 * Chart.WIDTH,
                        Chart.HEIGHT + FOOT,
                        left,
                        right,
                        foot("Engine: ", engine.surroundings(), 10),
                        foot("Job: ", job.surroundings(), 26));
    }

    private static String foot(String what, Surroundings surroundings, int at) {
        return "<text x=\"60\" y=\"%d\" class=\"foot\">%s</text>\n"
                .formatted(Chart.HEIGHT + at, Chart.escape(what + surroundings));
    }

    private static List<Curve> speeds(EngineReport engine, JobReport job) {
        List<Curve> curves =
                curves(
                        engine.results(),
                        step -> "engine %s %s".formatted(step.shape(), step.quantize()),
                        StepResult::batch,
                        StepResult::tokensPerSecond);
        curves.addAll(
                curves(
                        job.saturated(),
                        busy -> "job %s %s".formatted(job.model(), job.quantize()),
                        SaturatedResult::streams,
                        SaturatedResult::tokensPerSecond));
        return curves;
    }

    private static List<Curve> latencies(JobReport job) {
        List<Curve> curves =
                curves(
                        job.openLoop(),
                        result -> result.text() + ", p50",
                        OpenLoopResult::streams,
                        result -> result.firstChunkMs().p50());
        curves.addAll(
                curves(
                        job.openLoop().stream()
                                .filter(result -> result.firstChunkMs().p95() != null)
                                .toList(),
                        result -> result.text() + ", p95",
                        OpenLoopResult::streams,
                        result -> result.firstChunkMs().p95()));
        return curves;
    }

    /** A curve for each name. */
    private static <R> List<Curve> curves(
            List<R> results,
            Function<R, String> name,
            ToDoubleFunction<R> x,
            ToDoubleFunction<R> y) {
        Map<String, List<R>> byName =
                results.stream()
                        .collect(
                                Collectors.groupingBy(
                                        name, LinkedHashMap::new, Collectors.toList()));
        List<Curve> curves = new ArrayList<>();
        byName.forEach(
                (each, points) ->
                        curves.add(
                                new Curve(
                                        each,
                                        points.stream()
                                                .map(
                                                        point ->
                                                                new Curve.Point(
                                                                        x.applyAsDouble(point),
                                                                        y.applyAsDouble(point)))
                                                .sorted(Comparator.comparing(Curve.Point::x))
                                                .toList())));
        return curves;
    }
}
