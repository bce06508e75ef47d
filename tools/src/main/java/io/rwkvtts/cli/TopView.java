package io.rwkvtts.cli;

import io.rwkvtts.bench.Table;
import io.rwkvtts.operator.MetricNames;
import java.io.PrintWriter;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/** What {@code tts top} shows of two scrapes, of which the later one is now. */
final class TopView {

    private static final String PENDING_RECORDS = "pendingRecords";
    private static final double PER_MILLE = 1000;
    private static final double PER_CENT = 100;

    private final Scrape before;
    private final Scrape now;

    TopView(Scrape before, Scrape now) {
        this.before = before;
        this.now = now;
    }

    void print(PrintWriter out) {
        out.printf(
                "Running: %.0f, waiting: %.0f, generation: %.0f tok/s, not read from Kafka: %.0f%n",
                now.sum(MetricNames.REQUESTS_RUNNING),
                now.sum(MetricNames.REQUESTS_WAITING),
                rates().values().stream().mapToDouble(Double::doubleValue).sum(),
                now.sum(PENDING_RECORDS));
        out.printf(
                "Ended: %s; dead letters: %.0f%n%n",
                ends(), now.sum(MetricNames.REASON + "_" + MetricNames.DEAD_LETTERS));
        subtasks().print(out);
    }

    private String ends() {
        String name = MetricNames.FINISH_REASON + "_" + MetricNames.REQUESTS_FINISHED;
        String ends =
                now.byLabel(name, MetricNames.FINISH_REASON).entrySet().stream()
                        .filter(end -> end.getValue() > 0)
                        .map(end -> "%s %.0f".formatted(end.getKey(), end.getValue()))
                        .collect(Collectors.joining(", "));
        return ends.isEmpty() ? "none" : ends;
    }

    private Table subtasks() {
        Table table =
                new Table(
                        "subtask",
                        "running",
                        "waiting",
                        "slots %",
                        "first chunk p50 ms",
                        "p95 ms",
                        "tok/s",
                        "RTF p50",
                        "step p95 ms");
        SortedMap<Integer, Double> rates = rates();
        for (int subtask : now.bySubtask(MetricNames.REQUESTS_RUNNING).keySet()) {
            table.row(
                    subtask,
                    cell(now.bySubtask(MetricNames.REQUESTS_RUNNING), subtask, v -> v, 0),
                    cell(now.bySubtask(MetricNames.REQUESTS_WAITING), subtask, v -> v, 0),
                    cell(
                            now.bySubtask(MetricNames.STATE_SLOT_USAGE),
                            subtask,
                            v -> v * PER_CENT,
                            0),
                    quantile(MetricNames.TIME_TO_FIRST_CHUNK, "0.5", subtask),
                    quantile(MetricNames.TIME_TO_FIRST_CHUNK, "0.95", subtask),
                    cell(rates, subtask, v -> v, 0),
                    cell(
                            now.bySubtask(MetricNames.AUDIO_RTF, "0.5"),
                            subtask,
                            v -> v / PER_MILLE,
                            3),
                    quantile(MetricNames.STEP_TIME, "0.95", subtask));
        }
        return table;
    }

    /** Semantic tokens a second; a subtask that has begun again counts from 0. */
    private SortedMap<Integer, Double> rates() {
        double seconds = (now.nanos() - before.nanos()) / 1e9;
        SortedMap<Integer, Double> earlier = before.bySubtask(MetricNames.GENERATION_TOKENS);
        SortedMap<Integer, Double> rates = now.bySubtask(MetricNames.GENERATION_TOKENS);
        rates.replaceAll(
                (subtask, tokens) -> {
                    double known = earlier.getOrDefault(subtask, 0.0);
                    return (known > tokens ? tokens : tokens - known) / seconds;
                });
        return rates;
    }

    private String quantile(String name, String quantile, int subtask) {
        return cell(now.bySubtask(name, quantile), subtask, v -> v, 0);
    }

    private static String cell(
            Map<Integer, Double> numbers, int subtask, DoubleUnaryOperator unit, int digits) {
        double value = numbers.getOrDefault(subtask, Double.NaN);
        return Double.isNaN(value) ? "-" : Table.number(unit.applyAsDouble(value), digits);
    }
}
