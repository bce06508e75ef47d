package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.job.JobStatistics.Checkpoint;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.operator.MetricNames;
import io.rwkvtts.operator.QueueSettings;
import io.rwkvtts.schema.TextEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checkpoints while thousands of requests wait, and while more are held back in Kafka. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class WaitingRequestsITCase {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingRequestsITCase.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration STEP = Duration.ofMillis(50);
    private static final int SLOTS = 4;
    private static final int CAPACITY = QueueSettings.CAPACITY.defaultValue();
    private static final int BEYOND = 2_000;
    private static final int CHECKPOINTS = 8;

    @TempDir private static Path directory;
    private static SpeechCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = SpeechCluster.start(directory, INTERVAL);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void testCheckpointsPassWithTenThousandWaitingAndUnderBackpressure() throws Exception {
        KafkaSettings topics = cluster.topics("waiting", "at-least-once");
        JobClient job =
                cluster.submit(
                        topics,
                        Map.of("tts.slots", Integer.toString(SLOTS)),
                        engines -> SlowEngine.around(engines, STEP),
                        null);
        JobStatistics statistics = cluster.statistics(job);

        cluster.send(topics, longRequests(0, SLOTS + CAPACITY));
        awaitGauge(statistics, MetricNames.REQUESTS_WAITING, CAPACITY);
        measure(statistics, CAPACITY + " waiting");
        assertThat(statistics.gauge(MetricNames.REQUESTS_WAITING)).isEqualTo(CAPACITY);

        cluster.send(topics, longRequests(SLOTS + CAPACITY, BEYOND));
        // The input is held after the one that finds no room.
        awaitGauge(statistics, MetricNames.REQUESTS_WAITING, CAPACITY + 1);
        measure(statistics, CAPACITY + " waiting and " + (BEYOND - 1) + " more held back");
        assertThat(statistics.gauge(MetricNames.REQUESTS_WAITING)).isEqualTo(CAPACITY + 1);
        job.cancel().get();
    }

    /** Checkpoints overtake what waits, so they strike while the input is held in mid-record. */
    @Test
    void testFaultUnderBackpressureLosesAndRepeatsNothing() throws Exception {
        TextEvent[] requests =
                IntStream.range(0, 30)
                        .mapToObj(
                                i ->
                                        TextEvent.newBuilder()
                                                .setRequestId("request-" + i)
                                                .setText("Sentence number " + i + ".")
                                                .build())
                        .toArray(TextEvent[]::new);
        Map<String, Speech> undisturbed =
                speak("at-ease", Map.of(), UnaryOperator.identity(), requests);

        FaultyEngine.forget();
        Map<String, Speech> disturbed =
                speak(
                        "pressed",
                        Map.of(
                                "tts.slots", "2",
                                "tts.queue.capacity", "3",
                                "execution.checkpointing.interval", "200 ms",
                                "execution.checkpointing.aligned-checkpoint-timeout", "0 ms"),
                        engines ->
                                FaultyEngine.failing(
                                        SlowEngine.around(engines, Duration.ofMillis(3))),
                        requests);
        assertThat(FaultyEngine.FAULTS).hasValue(1);
        assertThat(disturbed).containsExactlyInAnyOrderEntriesOf(undisturbed);
    }

    private static Map<String, Speech> speak(
            String name,
            Map<String, String> options,
            UnaryOperator<EngineFactory> engines,
            TextEvent... requests)
            throws Exception {
        KafkaSettings topics = cluster.topics(name, "at-least-once");
        JobClient job = cluster.submit(topics, options, engines, null);
        try {
            // Not before: a producer that met a partition without a leader yet once sent it nothing
            // for 120 s.
            return cluster.speak(topics, requests);
        } finally {
            job.cancel().get();
        }
    }

    /** Requests that take minutes. */
    private static TextEvent[] longRequests(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(
                        i ->
                                TextEvent.newBuilder()
                                        .setRequestId("request-" + i)
                                        .setText("Sentence number " + i + ".")
                                        .setMinSemanticTokens(2_000)
                                        .build())
                .toArray(TextEvent[]::new);
    }

    private static void awaitGauge(JobStatistics statistics, String name, double value) {
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofMinutes(1))
                .until(() -> statistics.gauge(name) == value);
    }

    /** Waits for that many checkpoints from now on, of which none may fail. */
    private static void measure(JobStatistics statistics, String load) throws Exception {
        long now = System.currentTimeMillis();
        int failed = statistics.failedCheckpoints();
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofMinutes(1))
                .until(() -> statistics.checkpointsSince(now).size() >= CHECKPOINTS);
        long[] millis =
                statistics.checkpointsSince(now).stream()
                        .mapToLong(Checkpoint::millis)
                        .sorted()
                        .toArray();
        LOG.info(
                "{}: {} checkpoints, p50 {} ms, max {} ms",
                load,
                millis.length,
                millis[millis.length / 2],
                millis[millis.length - 1]);
        assertThat(statistics.failedCheckpoints()).isEqualTo(failed);
    }
}
