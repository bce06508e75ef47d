package io.rwkvtts.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of Prometheus's text format.
 *
 * @param name of the metric
 * @param labels their values by their names
 * @param value not a number where there is none yet
 */
record MetricSample(String name, Map<String, String> labels, double value) {

    private static final Pattern LINE =
            Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? +(\\S+)(?: +-?\\d+)?");

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /**
     * Reads a line that is neither empty nor a comment.
     *
     * @throws IllegalArgumentException if it is not of the format
     */
    static MetricSample parse(String line) {
        Matcher found = LINE.matcher(line.strip());
        if (!found.matches()) {
            throw new IllegalArgumentException(
                    "expected a metric in Prometheus's text format, found \"%.80s\""
                            .formatted(line));
        }
        Map<String, String> labels = new TreeMap<>();
        if (found.group(2) != null) {
            for (MatchResult label : LABEL.matcher(found.group(2)).results().toList()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        return new MetricSample(found.group(1), labels, number(found.group(3)));
    }

    private static double number(String value) {
        return switch (value) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(value);
        };
    }
}
