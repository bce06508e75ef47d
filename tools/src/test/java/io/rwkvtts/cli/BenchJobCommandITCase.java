package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts bench job} with a small model, too short for figures to trust. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BenchJobCommandITCase {

    @TempDir private Path directory;

    @Test
    void testBusyStreamsAndArrivalsAreMeasured() throws IOException {
        Path json = directory.resolve("job.json");
        TtsRun run =
                TtsRun.of(
                        "bench",
                        "job",
                        "--model=random:2x128",
                        "--streams=1,3",
                        "--text=short",
                        "--warm-up=1",
                        "--seconds=1",
                        "--requests=4",
                        "-D",
                        "tts.cache.directory=" + directory.resolve("cache"),
                        "-D",
                        "execution.checkpointing.interval=700 ms",
                        "--json=" + json);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("checkpoint interval 700 ms", "continuous %", "at 70 %", "chunk mean")
                .contains("Where the time to the first chunk goes", "out to the client");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("checkpointIntervalMs").intValue()).isEqualTo(700);
        assertThat(report.get("peakMemoryBytes").longValue()).isGreaterThan(100_000_000);
        assertThat(report.get("saturated").findValuesAsText("streams")).containsExactly("1", "3");
        for (JsonNode busy : report.get("saturated")) {
            assertThat(busy.get("tokensPerSecond").doubleValue()).isGreaterThan(10);
            assertThat(busy.get("engineRatio").doubleValue())
                    .isEqualTo(
                            busy.get("tokensPerSecond").doubleValue()
                                    / busy.get("engineTokensPerSecond").doubleValue());
            assertThat(busy.get("processors").doubleValue())
                    .isBetween(0.01, Runtime.getRuntime().availableProcessors() + 0.5);
            assertThat(busy.get("allocatedBytesPerToken").doubleValue()).isPositive();
        }
        assertThat(report.get("openLoop")).hasSize(2);
        assertThat(report.get("openLoop").findValuesAsText("text"))
                .containsExactly("short", "short");
        for (JsonNode arrivals : report.get("openLoop")) {
            assertThat(arrivals.get("requests").intValue()).isGreaterThanOrEqualTo(4);
            assertThat(arrivals.get("failed").intValue()).isZero();
            assertThat(arrivals.get("requestsPerSecond").doubleValue())
                    .isEqualTo(0.7 * arrivals.get("capacityRequestsPerSecond").doubleValue());
            assertThat(arrivals.get("continuity").doubleValue()).isBetween(0.0, 1.0);
            assertThat(arrivals.at("/firstChunkMs/p50").doubleValue()).isPositive();
            assertTimeline(arrivals);
            // Chunks that are read at once are no time apart.
            assertThat(arrivals.at("/interTokenMsChunkMean/p50").isNumber())
                    .as(arrivals.toString())
                    .isTrue();
            int finished = arrivals.get("requests").intValue();
            assertThat(arrivals.at("/endToEndMs/p95").isNull()).isEqualTo(finished < 20);
            assertThat(arrivals.at("/endToEndMs/p99").isNull()).isEqualTo(finished < 100);
            assertThat(arrivals.at("/endToEndMs/p50").doubleValue())
                    .isGreaterThanOrEqualTo(arrivals.at("/firstChunkMs/p50").doubleValue());
        }
    }

    /** Stages that take place, each within the whole. */
    private static void assertTimeline(JsonNode arrivals) {
        double longest = arrivals.at("/endToEndMs/p50").doubleValue();
        for (String stage : List.of("in", "prompt", "firstToken", "chunk", "out", "steps")) {
            assertThat(arrivals.at("/timeline/" + stage + "Ms/p50").doubleValue())
                    .as(stage + " of " + arrivals)
                    .isPositive()
                    .isLessThan(longest);
        }
        assertThat(arrivals.at("/timeline/queueMs/p50").isNumber()).isTrue();
        assertThat(arrivals.at("/timeline/otherMs/p50").isNumber()).isTrue();
    }

    @Test
    void testWhatCannotWorkIsRefusedBeforeAnythingStarts() {
        TtsRun load = TtsRun.of("bench", "job", "--load=100%");
        assertThat(load.exit()).isEqualTo(2);
        assertThat(load.err()).contains("--load", "less than 100%");
        TtsRun.of("bench", "job", "--model=speaker.onnx")
                .assertFailure("speaker.onnx", "random:0.4b", "-D tts.model");
    }
}
