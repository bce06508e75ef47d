package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.operator.MetricNames;
import io.rwkvtts.schema.TextEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ends by idleness and by a full queue in a real job: with a checkpoint, and not before. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PendingEndsITCase {

    /** What a process that was replaced must not write. */
    private static final Map<String, String> ENDS =
            Map.of("streamed", "expired", "one-too-many", "overloaded");

    @TempDir private static Path directory;
    private static SpeechCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = SpeechCluster.start(directory, Duration.ofHours(1));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static JobClient submit(KafkaSettings topics, String interval, String savepoint)
            throws Exception {
        return cluster.submit(
                topics,
                Map.of(
                        "tts.slots", "1",
                        "tts.queue.capacity", "2",
                        "tts.queue.when-full", "reject",
                        "tts.request.idle-timeout", "500 ms",
                        "execution.checkpointing.interval", interval),
                engines -> SlowEngine.around(engines, Duration.ofMillis(5)),
                savepoint);
    }

    private static void send(KafkaSettings topics, String id, boolean last, int minTokens)
            throws Exception {
        cluster.send(
                topics,
                TextEvent.newBuilder()
                        .setRequestId(id)
                        .setText("Hello.")
                        .setLast(last)
                        .setMinSemanticTokens(minTokens)
                        .build());
    }

    /** How requests ended, as the consumer's rule lets it through. */
    private static Map<String, String> awaitEnds(KafkaSettings topics, Set<String> ids) {
        Map<String, String> ends = new HashMap<>();
        try (TokenListener listener = cluster.listen(topics)) {
            while (!ends.keySet().equals(ids)) {
                for (ReceivedTokens received : listener.poll(Duration.ofMillis(50))) {
                    if (received.end() && ids.contains(received.tokens().getRequestId())) {
                        ends.put(
                                received.tokens().getRequestId(),
                                received.tokens().getFinishReason());
                    }
                }
            }
        }
        return ends;
    }

    private static void awaitGauge(JobStatistics statistics, String name, double value) {
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofMinutes(1))
                .until(() -> statistics.gauge(name) == value);
    }

    @Test
    void testEndsAreWrittenWithTheNextCheckpoint() throws Exception {
        KafkaSettings topics = cluster.topics("checkpoints", "at-least-once");
        JobClient job = submit(topics, "200 ms", null);
        JobStatistics statistics = cluster.statistics(job);
        send(topics, "streamed", false, 0);
        awaitEnds(topics, Set.of("streamed"));
        send(topics, "runs", true, 2_000);
        awaitGauge(statistics, MetricNames.REQUESTS_RUNNING, 1);
        send(topics, "waits", true, 0);
        send(topics, "waits-too", true, 0);
        awaitGauge(statistics, MetricNames.REQUESTS_WAITING, 2);
        send(topics, "one-too-many", true, 0);
        Map<String, String> ends = awaitEnds(topics, ENDS.keySet());
        job.cancel().get();
        assertThat(ends).isEqualTo(ENDS);
    }

    @Test
    void testWithoutACheckpointNoEndIsWrittenAndARestoreWritesIt() throws Exception {
        KafkaSettings topics = cluster.topics("savepoint", "at-least-once");
        JobClient job = submit(topics, "1 h", null);
        JobStatistics statistics = cluster.statistics(job);
        send(topics, "streamed", false, 0);
        awaitGauge(statistics, MetricNames.REQUESTS_ENDING, 1);
        send(topics, "runs", true, 2_000);
        awaitGauge(statistics, MetricNames.REQUESTS_RUNNING, 1);
        // The one that expires has a place in the queue, too.
        send(topics, "waits", true, 0);
        awaitGauge(statistics, MetricNames.REQUESTS_WAITING, 1);
        send(topics, "one-too-many", true, 0);
        awaitGauge(statistics, MetricNames.REQUESTS_ENDING, 2);
        assertThat(cluster.endedBy(topics)).isEmpty();

        String savepoint =
                job.stopWithSavepoint(
                                false,
                                directory.resolve("savepoints").toUri().toString(),
                                SavepointFormatType.CANONICAL)
                        .get();
        job = submit(topics, "1 h", savepoint);
        Map<String, String> ends = awaitEnds(topics, ENDS.keySet());
        job.cancel().get();
        assertThat(ends).isEqualTo(ENDS);
    }
}
