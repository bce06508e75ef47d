package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.operator.RequestSettings;
import io.rwkvtts.operator.audio.AudioSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A short run on real processes, with the demo voice, which is small enough for a build: each kind
 * of kill, a rescale, a TaskManager that wakes when it has been replaced, a cut link, a kill at a
 * first chunk, and a damaged checkpoint. {@code ./tts chaos} does the same at length, with all
 * kinds and a model of an ordinary size.
 */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ChaosITCase {

    private static final Logger LOG = LoggerFactory.getLogger(ChaosITCase.class);
    private static final int REQUESTS = 60;

    private static final List<FaultKind> KINDS =
            Stream.concat(
                            FaultKind.KILLS.stream(),
                            Stream.of(
                                    FaultKind.PAUSE_UNTIL_REPLACED,
                                    FaultKind.REJECT_LONG,
                                    FaultKind.DROP_RESPONSES,
                                    FaultKind.KILL_AT_FIRST_CHUNK,
                                    FaultKind.CUT_STATE))
                    .toList();

    /**
     * The shorter they are, the shorter are pauses and cuts; but nothing may expire while the link
     * is cut.
     */
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(5);

    private static Configuration shortTimeouts() {
        Configuration options = new Configuration();
        options.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(8));
        options.set(RequestSettings.IDLE_TIMEOUT, Duration.ofSeconds(22));
        return options;
    }

    @Test
    void testEachKindOfFaultInMidGenerationChangesNothing(@TempDir Path directory)
            throws Exception {
        SpeechModel model =
                DemoVoice.model(new ModelCache(directory.resolve("cache")), Optional.empty());
        Configuration options = shortTimeouts();
        options.set(
                AudioSettings.DECODER,
                DemoVoice.unpack(directory.resolve("voice")).decoder().toString());
        // Each restart reads it before the first new request.
        options.set(KafkaOptions.CONTROL_TOPIC, "control");
        ChaosSettings settings =
                new ChaosSettings(
                        KINDS.size(),
                        KINDS,
                        1,
                        DeliveryGuarantee.AT_LEAST_ONCE,
                        Optional.of(DELIVERY_TIMEOUT),
                        REQUESTS,
                        true,
                        1,
                        1,
                        model,
                        options,
                        directory);
        StringWriter printed = new StringWriter();
        ChaosReport report = new ChaosReport(new PrintWriter(printed));
        try (ChaosRun run = new ChaosRun(settings, report)) {
            ChaosResult result = run.execute();
            report.result(result);
            LOG.info("\n{}", printed);

            Comparison comparison = result.comparison();
            assertThat(comparison.lost()).as("lost").isZero();
            assertThat(comparison.duplicated()).as("duplicated").isZero();
            assertThat(comparison.changed()).as("changed").isZero();
            assertThat(comparison.tokens()).isGreaterThan(50L * REQUESTS);
            assertThat(result.sound())
                    .hasValueSatisfying(
                            sound -> {
                                assertThat(sound.lost()).as("sounds lost").isZero();
                                assertThat(sound.changed()).as("sounds changed").isZero();
                                assertThat(sound.samples()).isGreaterThan(50L * REQUESTS * 320);
                            });
            assertThat(result.counted()).as("faults in mid-generation").isEqualTo(KINDS.size());
            assertThat(result.passed()).isTrue();
            assertThat(List.of(log(directory, "jobmanager-1"), log(directory, "jobmanager-2")))
                    .as("JobManagers, one of which led first, the other when that was killed")
                    .allSatisfy(log -> assertThat(log).contains("was granted leadership"));
            assertThat(log(directory, "taskmanager-1") + log(directory, "taskmanager-2"))
                    .as("tasks that took an engine which was opened before them")
                    .contains("The engine is open already");
            assertThat(printed.toString().lines())
                    .last()
                    .asString()
                    .matches(
                            "requests=61 tokens=[0-9]+ lost=0 duplicated=0 changed=0"
                                    + " recovery_p50_ms=[0-9]+ recovery_max_ms=[0-9]+");
        }
    }

    private static String log(Path directory, String process) throws IOException {
        return Files.readString(directory.resolve("logs/" + process + ".log"));
    }
}
