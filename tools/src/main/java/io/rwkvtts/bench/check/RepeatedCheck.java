package io.rwkvtts.bench.check;

import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.bench.engine.EngineBench;
import io.rwkvtts.bench.engine.EngineBenchSettings;
import io.rwkvtts.bench.engine.EngineOpener;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.bench.engine.PrefillResult;
import io.rwkvtts.bench.engine.StepResult;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what a baseline has, until nothing looks worse or something was worse as often in a row
 * as makes a failure.
 */
public final class RepeatedCheck {

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedCheck.class);

    /** That many, since not every run can judge everything. */
    static final int MOST_RUNS = 2 * BaselineCheck.IN_A_ROW;

    private final EngineReport baseline;
    private final EngineOpener opener;
    private final int rounds;
    private final Duration turn;

    /**
     * @param rounds and
     * @param turn as {@link EngineBenchSettings}
     */
    public RepeatedCheck(EngineReport baseline, EngineOpener opener, int rounds, Duration turn) {
        this.baseline = baseline;
        this.opener = opener;
        this.rounds = rounds;
        this.turn = turn;
    }

    /**
     * Measures and compares.
     *
     * @param cache of the models
     * @param tolerance share by which a result may be worse
     */
    public CheckReport run(ModelCache cache, double tolerance) throws IOException {
        BaselineCheck check = new BaselineCheck(baseline, tolerance);
        EngineBench bench = new EngineBench(settings(cache), opener);
        CheckReport report;
        do {
            check.add(bench.run(), "this run");
            report = check.report();
            LOG.info(
                    "Run {}: of {} results these look worse: {}",
                    report.runs(),
                    report.results().size(),
                    report.suspects());
        } while (report.undecided() && report.runs() < MOST_RUNS);
        return report;
    }

    private EngineBenchSettings settings(ModelCache cache) throws IOException {
        Map<String, List<StepResult>> shapes =
                baseline.results().stream().collect(Collectors.groupingBy(StepResult::shape));
        List<BenchModel> models = new ArrayList<>();
        for (Map.Entry<String, List<StepResult>> shape : shapes.entrySet()) {
            models.addAll(BenchModel.open(shape.getKey(), formats(shape.getValue()), cache));
        }
        return new EngineBenchSettings(
                models,
                baseline.results().stream().map(StepResult::batch).distinct().toList(),
                baseline.prefills().stream().map(PrefillResult::tokens).distinct().toList(),
                baseline.machine().threads(),
                rounds,
                turn);
    }

    private static List<Quantization> formats(List<StepResult> results) {
        return Arrays.stream(Quantization.values())
                .filter(
                        format ->
                                results.stream()
                                        .map(StepResult::quantize)
                                        .anyMatch(BenchModel.label(format)::equals))
                .toList();
    }
}
