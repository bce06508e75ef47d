package io.rwkvtts.bench.check;

import io.rwkvtts.bench.engine.EngineReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares runs with a recorded one. A machine has slow moments, so a result fails only when it is
 * worse in {@value #IN_A_ROW} runs in a row. A run in which the cores never were as far apart as
 * when it was recorded can't be compared.
 *
 * <p>An improvement of one result makes those look worse that are measured by it: record a new
 * baseline with it.
 */
public final class BaselineCheck {

    /** Regressions in a row that make a failure. */
    public static final int IN_A_ROW = 3;

    private final List<String> results;
    private final Map<String, Ratios> baseline;
    private final double tolerance;
    private final List<Map<String, Ratios>> runs = new ArrayList<>();
    private final List<String> variant = new ArrayList<>();

    /**
     * @param tolerance share by which a result may be worse, 0.1 for a tenth
     * @throws IllegalArgumentException if the baseline has no results, or the tolerance is negative
     */
    public BaselineCheck(EngineReport baseline, double tolerance) {
        if (baseline.results().isEmpty()) {
            throw new IllegalArgumentException("the baseline has no results to compare with");
        }
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException(
                    "tolerance is " + tolerance + ", expected 0 or more, such as 0.1");
        }
        results = Ratios.results(baseline);
        this.baseline = Ratios.of(baseline);
        this.tolerance = tolerance;
    }

    /**
     * Adds a run, later than those before.
     *
     * @param name of the run, for messages
     * @throws IllegalArgumentException if it lacks a result of the baseline
     */
    public void add(EngineReport run, String name) {
        List<String> present = Ratios.results(run);
        for (String result : results) {
            if (!present.contains(result)) {
                throw new IllegalArgumentException(
                        "%s lacks '%s', which the baseline has: measure the same models, formats and batches"
                                .formatted(name, result));
            }
        }
        runs.add(Ratios.of(run));
        variant.addAll(Ratios.variant(run));
    }

    /** The judgement on the runs so far, of which there must be one. */
    public CheckReport report() {
        List<ResultCheck> checks =
                baseline.entrySet().stream()
                        .map(result -> judge(result.getKey(), result.getValue()))
                        .toList();
        return new CheckReport(
                tolerance, runs.size(), checks, variant.stream().distinct().toList());
    }

    private ResultCheck judge(String name, Ratios recorded) {
        List<Double> slowdowns = new ArrayList<>();
        int inARow = 0;
        boolean failed = false;
        for (Map<String, Ratios> run : runs) {
            Ratios ratios = run.get(name);
            if (ratios == null) {
                slowdowns.add(null);
                continue;
            }
            double slowdown = ratios.slowdownSince(recorded);
            slowdowns.add(slowdown);
            inARow = ResultCheck.worse(slowdown, tolerance) ? inARow + 1 : 0;
            failed |= inARow == IN_A_ROW;
        }
        return new ResultCheck(name, recorded.toFloor(), slowdowns, failed);
    }
}
