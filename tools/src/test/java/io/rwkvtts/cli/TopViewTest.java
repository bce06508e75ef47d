package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code tts top} makes of metrics. */
class TopViewTest {

    private static final String TTS = "flink_taskmanager_job_task_operator_tts_";

    @Test
    void testShowsEachSubtaskWithItsRate() {
        Scrape before = scrape(0, subtask(0, 3, 1000), subtask(1, 0, 500));
        Scrape now =
                scrape(
                        2,
                        subtask(0, 4, 1300),
                        subtask(1, 1, 500),
                        TTS + "finishReason_requestsFinished{finishReason=\"stop\",} 12.0",
                        TTS + "finishReason_requestsFinished{finishReason=\"error\",} 0.0",
                        TTS + "reason_deadLetters{reason=\"invalid\",} 2.0",
                        "flink_taskmanager_job_task_operator_pendingRecords{} 7.0");

        assertThat(view(before, now).lines())
                .containsExactly(
                        "Running: 5, waiting: 0, generation: 150 tok/s, not read from Kafka: 7",
                        "Ended: stop 12; dead letters: 2",
                        "",
                        "subtask  running  waiting  slots %  first chunk p50 ms  p95 ms  tok/s  RTF p50  step p95 ms",
                        "      0        4        -       50                  31       -    150        -            -",
                        "      1        1        -       50                  31       -      0        -            -");
    }

    @Test
    void testASubtaskThatBeganAgainCountsFromItsStart() {
        String view = view(scrape(0, subtask(0, 1, 9000)), scrape(2, subtask(0, 1, 100)));

        assertThat(view).contains("generation: 50 tok/s");
    }

    @Test
    void testWithoutAJobThereIsNothingToShow() {
        assertThat(view(scrape(0), scrape(1))).contains("Running: 0", "Ended: none");
    }

    @Test
    void testReadsLabelsWithAnyText() {
        assertThat(MetricSample.parse("m{a=\"x, y={\\\"z\\\"}\",b=\"\",} NaN 123"))
                .isEqualTo(
                        new MetricSample(
                                "m", Map.of("a", "x, y={\\\"z\\\"}", "b", ""), Double.NaN));
        assertThat(MetricSample.parse("m +Inf").value()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "m", "m{a=\"b\"}", "m one"})
    void testWhatIsNoMetricIsRefused(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> MetricSample.parse(line));
    }

    private static Scrape scrape(long seconds, String... answers) {
        return Scrape.of(seconds * 1_000_000_000L, List.of(answers));
    }

    private static String subtask(int index, int running, int tokens) {
        String labels = "{subtask_index=\"" + index + "\",";
        return String.join(
                "\n",
                "# TYPE is ignored",
                TTS + "numRequestsRunning" + labels + "} " + running + ".0",
                TTS + "stateSlotUsage" + labels + "} 0.5",
                TTS + "timeToFirstChunkMs" + labels + "quantile=\"0.5\",} 31.0",
                TTS + "timeToFirstChunkMs" + labels + "quantile=\"0.95\",} NaN",
                TTS + "generationTokens" + labels + "} " + tokens + ".0");
    }

    private static String view(Scrape before, Scrape now) {
        StringWriter out = new StringWriter();
        new TopView(before, now).print(new PrintWriter(out, true));
        return out.toString();
    }
}
