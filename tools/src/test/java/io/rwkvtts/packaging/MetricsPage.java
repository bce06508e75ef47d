package io.rwkvtts.packaging;

import io.rwkvtts.operator.MetricNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page {@code docs/metrics.md}, written from the comments in {@link MetricNames}. */
final class MetricsPage {

    private static final String INTRODUCTION =
            """
            <!-- Written by GeneratedPagesTest from the comments in MetricNames. Change those. -->
            # Metrics

            All are in the group `tts` of their operator, CheckEvents, Synthesize, DecodeAudio or the writer of the dead letters. Prometheus shows `numRequestsRunning` as `flink_taskmanager_job_task_operator_tts_numRequestsRunning`, and `requestsFinished` in the group `finishReason` as `…_tts_finishReason_requestsFinished{finishReason="stop"}`. A histogram comes out as a summary over the last 1000 values, with a label `quantile`.

            | name | type | meaning |
            |---|---|---|
            """;

    private static final Path SOURCE =
            Path.of("operators/src/main/java/io/rwkvtts/operator/MetricNames.java");

    /** Comment and value of a constant. */
    private static final Pattern CONSTANT =
            Pattern.compile(
                    "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public static final String \\w+ =\\s*\"(\\w+)\";",
                    Pattern.DOTALL);

    /** Type, groups and meaning in a comment. */
    private static final Pattern METRIC = Pattern.compile("(Gauge|Counter|Histogram)([^:]*): (.*)");

    private static final Pattern LINK = Pattern.compile("\\{@link #(\\w+)}");

    private MetricsPage() {}

    /** The whole page. */
    static String text() throws IOException {
        String source = Files.readString(ProjectFiles.root().resolve(SOURCE));
        StringBuilder page = new StringBuilder(INTRODUCTION);
        CONSTANT.matcher(source)
                .results()
                .forEach(constant -> page.append(row(constant.group(2), constant.group(1))));
        return page.toString();
    }

    private static String row(String name, String comment) {
        String plain = comment.replaceAll("\\s*\\n\\s*\\*\\s*", " ").strip();
        String linked = LINK.matcher(plain).replaceAll(link -> "`" + value(link) + "`");
        String text = linked.replaceAll("\\{@code ([^}]*)}", "`$1`");
        Matcher metric = METRIC.matcher(text);
        if (metric.matches()) {
            return "| `%s` | %s%s | %s |\n"
                    .formatted(name, metric.group(1), metric.group(2), metric.group(3));
        }
        if (text.startsWith("Group key")) {
            return "";
        }
        throw new IllegalStateException(
                "the comment of %s is '%s', expected 'Gauge: …', 'Counter: …', 'Histogram: …' or 'Group key: …'"
                        .formatted(name, text));
    }

    private static String value(MatchResult link) {
        try {
            return (String) MetricNames.class.getField(link.group(1)).get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no constant of MetricNames: " + link.group(), e);
        }
    }
}
