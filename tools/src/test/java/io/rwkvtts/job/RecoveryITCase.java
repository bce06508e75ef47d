package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.RecordedLog;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The promise: what a consumer sees after a fault in mid-generation, or a stop and a restore at
 * another parallelism, is what it would have seen without, token by token.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RecoveryITCase {

    private static final Logger LOG = LoggerFactory.getLogger(RecoveryITCase.class);
    private static final int REQUESTS = 32;

    @TempDir private static Path directory;
    private static SpeechCluster cluster;
    private static List<TextEvent> requests;
    private static Map<String, Speech> undisturbed;

    @BeforeAll
    static void speakUndisturbed() throws Exception {
        cluster = SpeechCluster.start(directory, Duration.ofMillis(100));
        requests = IntStream.range(0, REQUESTS).mapToObj(SpeechCluster::longRequest).toList();
        KafkaSettings topics = cluster.topics("undisturbed", "at-least-once");
        JobClient job = cluster.submit(topics);
        undisturbed = cluster.speak(topics, requests.toArray(TextEvent[]::new));
        job.cancel().get();
        assertThat(undisturbed.values())
                .allSatisfy(speech -> assertThat(speech.tokens()).hasSizeGreaterThanOrEqualTo(300));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void resetFaults() {
        FaultyEngine.forget();
    }

    private static List<String> ids() {
        return requests.stream().map(TextEvent::getRequestId).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void testFaultInMidGenerationChangesNothing(String delivery) throws Exception {
        KafkaSettings topics = cluster.topics("fault-" + delivery, delivery);
        JobClient job = cluster.submit(topics, Map.of(), FaultyEngine::failing, null);
        cluster.send(topics, requests.toArray(TextEvent[]::new));
        try (TokenListener listener = cluster.listen(topics)) {
            Map<String, Speech> speech = cluster.collect(listener, ids());
            assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed);
            LOG.info("{}: {} records were dropped as repeated", delivery, listener.dropped());
            if (delivery.equals("exactly-once")) {
                assertThat(listener.dropped()).isZero();
            }
        }
        assertThat(FaultyEngine.FAULTS).hasValue(1);
        assertThat(FaultyEngine.LOADED)
                .as("states that continued in mid-generation")
                .hasPositiveValue();
        job.cancel().get();
    }

    @Test
    void testStopWithSavepointAndRestoreAtTwiceTheParallelismChangesNothing() throws Exception {
        KafkaSettings topics = cluster.topics("rescale", "at-least-once");
        JobClient job = cluster.submit(topics, Map.of(), RecoveryITCase::slowed, null);
        cluster.send(topics, requests.toArray(TextEvent[]::new));
        Map<String, List<AudioTokens>> records = new LinkedHashMap<>();
        try (TokenListener listener = cluster.listen(topics)) {
            collectFirstChunks(listener, records);
            awaitTwoCheckpoints(job);
            assertThat(cluster.endedBy(topics)).as("ended before the checkpoints").isEmpty();

            String savepoint = stop(job, topics);

            JobClient restored =
                    cluster.submit(
                            topics,
                            Map.of("tts.parallelism", "2"),
                            FaultyEngine::counting,
                            savepoint);
            cluster.collect(listener, records, REQUESTS);
            restored.cancel().get();
            assertThat(FaultyEngine.LOADED)
                    .as("states that continued in mid-generation")
                    .hasValue(REQUESTS);
        }
        assertThat(speech(records)).containsExactlyInAnyOrderEntriesOf(undisturbed);
    }

    /**
     * 32-bit floats, then 8 bits, then floats again: the weights are the same, so the states
     * continue.
     */
    @Test
    void testOtherNumericsContinueFromTheStates() throws Exception {
        EngineFactory bytes = TtsSettings.from(new Configuration(), quantizedVoice()).engines();
        KafkaSettings topics = cluster.topics("numerics", "at-least-once");
        JobClient job = cluster.submit(topics, Map.of(), RecoveryITCase::slowed, null);
        cluster.send(topics, requests.toArray(TextEvent[]::new));
        Map<String, List<AudioTokens>> records = new LinkedHashMap<>();
        try (TokenListener listener = cluster.listen(topics);
                RecordedLog log = new RecordedLog(Level.WARN)) {
            collectFirstChunks(listener, records);
            String ofFloats = stop(job, topics);

            JobClient quantized =
                    cluster.submit(
                            topics,
                            Map.of(),
                            engines -> FaultyEngine.counting(slowed(bytes)),
                            ofFloats);
            await().until(() -> FaultyEngine.LOADED.get() == REQUESTS);
            awaitTwoCheckpoints(quantized);
            String ofBytes = stop(quantized, topics);

            JobClient floatsAgain =
                    cluster.submit(topics, Map.of(), FaultyEngine::counting, ofBytes);
            cluster.collect(listener, records, REQUESTS);
            floatsAgain.cancel().get();
            assertThat(log.lines()).filteredOn(line -> line.contains("other numerics")).hasSize(2);
        }
        assertThat(FaultyEngine.LOADED).as("states that continued").hasValue(2 * REQUESTS);
        speech(records)
                .forEach(
                        (id, speech) -> {
                            Speech floats = undisturbed.get(id);
                            assertThat(speech.finishReason()).isIn("stop", "length");
                            assertThat(speech.globalTokens()).isEqualTo(floats.globalTokens());
                            assertThat(speech.tokens()).hasSizeBetween(300, 350);
                            assertThat(speech.tokens().subList(0, 10))
                                    .isEqualTo(floats.tokens().subList(0, 10));
                        });
    }

    private static SpeechModel quantizedVoice() throws IOException {
        return DemoVoice.model(
                new ModelCache(directory.resolve("quantized")), Optional.of(Quantization.INT8));
    }

    /** So slow that no request can end by itself before a stop that does not wait for it. */
    private static EngineFactory slowed(EngineFactory engines) {
        return SlowEngine.around(engines, Duration.ofMillis(25));
    }

    private static void collectFirstChunks(
            TokenListener listener, Map<String, List<AudioTokens>> records) {
        while (records.size() < REQUESTS) {
            listener.poll(Duration.ofMillis(10))
                    .forEach(
                            received ->
                                    records.computeIfAbsent(
                                                    received.tokens().getRequestId(),
                                                    id -> new ArrayList<>())
                                            .add(received.tokens()));
        }
    }

    private static Map<String, Speech> speech(Map<String, List<AudioTokens>> records) {
        return records.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> SpeechCluster.speech(entry.getValue())));
    }

    private static void awaitTwoCheckpoints(JobClient job) throws Exception {
        JobStatistics statistics = cluster.statistics(job);
        int before = statistics.completedCheckpoints();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofMinutes(1))
                .until(() -> statistics.completedCheckpoints() >= before + 2);
    }

    private static String stop(JobClient job, KafkaSettings topics) throws Exception {
        long start = System.currentTimeMillis();
        String savepoint =
                job.stopWithSavepoint(
                                false,
                                directory.resolve("savepoints").toUri().toString(),
                                SavepointFormatType.CANONICAL)
                        .get();
        // Flink's own times: the client asks ever more rarely, every 2 s at last.
        JobStatistics statistics = cluster.statistics(job);
        LOG.info(
                "stop-with-savepoint with {} requests in flight: savepoint in {} ms, end in {} ms",
                REQUESTS,
                statistics.checkpointsSince(start).get(0).millis(),
                statistics.endedAtMs() - start);
        assertThat(cluster.endedBy(topics)).as("ended before the stop").isEmpty();
        return savepoint;
    }
}
