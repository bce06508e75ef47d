package io.rwkvtts.plan;

import io.rwkvtts.bench.JsonFile;
import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.load.JobReport;
import io.rwkvtts.bench.load.SaturatedResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code tts bench engine --json} and {@code tts bench job --json} have written. The engine's
 * file has steps and prefill; the job's, if it is there, has better steps, those of the job with
 * all that it does beside them, and says how much slower that makes prefill.
 */
public final class MeasurementFiles {

    private static final double MS_PER_SECOND = 1000;

    private final EngineFile engine;
    private final Optional<JobReport> job;
    private final String source;

    private MeasurementFiles(EngineFile engine, Optional<JobReport> job, String source) {
        this.engine = engine;
        this.job = job;
        this.source = source;
    }

    /**
     * Reads the files.
     *
     * @param engine of {@code bench engine}
     * @param job of {@code bench job}, if there is one
     * @throws IllegalArgumentException if a file is of another kind
     */
    public static MeasurementFiles read(Path engine, Optional<Path> job) throws IOException {
        Optional<JobReport> report =
                job.isPresent()
                        ? Optional.of(JsonFile.read(job.get(), JobReport.class))
                        : Optional.empty();
        return new MeasurementFiles(
                JsonFile.read(engine, EngineFile.class),
                report,
                engine + job.map(file -> " and " + file).orElse(""));
    }

    /** The file of the job, if there is one. */
    public Optional<JobReport> job() {
        return job;
    }

    /**
     * The figures of a model.
     *
     * @throws IllegalArgumentException if there are none in the files
     */
    public Measurements of(String model, String quantize) {
        TimesBySize engineSteps = steps(model, quantize);
        TimesBySize prefill = prefill(model, quantize).withKnown(1, engineSteps.at(1));
        Pace pace = pace(model, quantize);
        Surroundings where = engine.surroundings();
        String machine =
                "%d processors of %s, %s"
                        .formatted(where.processors(), where.processor(), where.date());
        if (job.isEmpty()) {
            return new Measurements(source, machine, model, quantize, engineSteps, prefill, pace);
        }
        JobReport report = job.get();
        if (!report.model().equals(model) || !report.quantize().equals(quantize)) {
            throw new IllegalArgumentException(
                    "the job was measured with %s %s, expected %s %s"
                            .formatted(report.model(), report.quantize(), model, quantize));
        }
        if (report.saturated().isEmpty()) {
            throw new IllegalArgumentException("the job was not measured with busy streams");
        }
        Map<Integer, Double> rates = new TreeMap<>();
        double share = 0;
        for (SaturatedResult busy : report.saturated()) {
            rates.put(busy.streams(), busy.tokensPerSecond());
            share += busy.engineRatio() / report.saturated().size();
        }
        return new Measurements(
                source,
                machine,
                model,
                quantize,
                TimesBySize.ofRates(rates),
                prefill.times(1 / share),
                pace);
    }

    private TimesBySize steps(String model, String quantize) {
        NavigableMap<Integer, Double> ms = new TreeMap<>();
        for (EngineFile.Step step : engine.results()) {
            if (step.shape().equals(model) && step.quantize().equals(quantize)) {
                ms.put(step.batch(), step.meanMs());
            }
        }
        return times(ms, model, quantize, "steps");
    }

    private Pace pace(String model, String quantize) {
        return Pace.mean(
                engine.results().stream()
                        .filter(step -> step.shape().equals(model))
                        .filter(step -> step.quantize().equals(quantize))
                        .map(EngineFile.Step::pace)
                        .toList());
    }

    private TimesBySize prefill(String model, String quantize) {
        NavigableMap<Integer, Double> ms = new TreeMap<>();
        for (EngineFile.Prefill prefill : engine.prefills()) {
            if (prefill.shape().equals(model) && prefill.quantize().equals(quantize)) {
                ms.put(
                        prefill.tokens(),
                        prefill.tokens() * MS_PER_SECOND / prefill.tokensPerSecond());
            }
        }
        return times(ms, model, quantize, "prefill");
    }

    private TimesBySize times(
            NavigableMap<Integer, Double> ms, String model, String quantize, String what) {
        if (ms.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s has no %s of %s %s".formatted(source, what, model, quantize));
        }
        return new TimesBySize(ms);
    }
}
