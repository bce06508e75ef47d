package io.rwkvtts.cli;

import io.rwkvtts.operator.MetricNames;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The metrics of the operators at one time, of all processes that were asked.
 *
 * @param nanos when, by {@link System#nanoTime()}
 * @param samples by their names without what they all begin with
 */
record Scrape(long nanos, Map<String, List<MetricSample>> samples) {

    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
    private static final String TTS = OPERATOR + MetricNames.GROUP + "_";

    /** Reads the answers of the processes. */
    static Scrape of(long nanos, List<String> answers) {
        return new Scrape(
                nanos,
                answers.stream()
                        .flatMap(String::lines)
                        .filter(line -> line.startsWith(OPERATOR))
                        .map(MetricSample::parse)
                        .collect(Collectors.groupingBy(Scrape::shortName)));
    }

    private static String shortName(MetricSample sample) {
        String name = sample.name();
        return name.startsWith(TTS)
                ? name.substring(TTS.length())
                : name.substring(OPERATOR.length());
    }

    /** The samples of a metric; none if it was not there. */
    List<MetricSample> of(String name) {
        return samples.getOrDefault(name, List.of());
    }

    /** The numbers of a metric by subtask. */
    SortedMap<Integer, Double> bySubtask(String name) {
        return bySubtask(of(name));
    }

    /** A quantile of a histogram by subtask. */
    SortedMap<Integer, Double> bySubtask(String name, String quantile) {
        return bySubtask(
                of(name).stream()
                        .filter(sample -> quantile.equals(sample.labels().get("quantile")))
                        .toList());
    }

    private static SortedMap<Integer, Double> bySubtask(List<MetricSample> samples) {
        SortedMap<Integer, Double> numbers = new TreeMap<>();
        for (MetricSample sample : samples) {
            String subtask = sample.labels().getOrDefault("subtask_index", "0");
            numbers.merge(Integer.parseInt(subtask), sample.value(), Double::sum);
        }
        return numbers;
    }

    /** The sums of a metric by a label. */
    SortedMap<String, Double> byLabel(String name, String label) {
        SortedMap<String, Double> sums = new TreeMap<>();
        for (MetricSample sample : of(name)) {
            sums.merge(sample.labels().getOrDefault(label, ""), sample.value(), Double::sum);
        }
        return sums;
    }

    /** The sum of a metric over all that have it. */
    double sum(String name) {
        return of(name).stream().mapToDouble(MetricSample::value).sum();
    }
}
