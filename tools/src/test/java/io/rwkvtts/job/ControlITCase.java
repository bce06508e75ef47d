package io.rwkvtts.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.RecordedLog;
import io.rwkvtts.cli.Tts;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.operator.Trial;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.OperatorIDPair;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Options are changed while the job runs, and a process of it is killed in between. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ControlITCase {

    /** What a consumer keeps of a record: tokens and, by the list of them, borders. */
    private record Emitted(List<Integer> tokens, String finishReason) {}

    @TempDir private static Path directory;
    private static SpeechCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = SpeechCluster.start(directory, Duration.ofMillis(100));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static EngineFactory slowed(EngineFactory engines) {
        return SlowEngine.around(engines, Duration.ofMillis(15));
    }

    /**
     * One request before the change and one after it. In the first run, the TaskManager with the
     * only engine is killed between the two, and the second request waits in Kafka for the next. It
     * makes sound, too.
     */
    @Test
    void testKillBetweenTwoRequestsOnEitherSideOfAChangeChangesNothing() throws Exception {
        KafkaSettings killed = cluster.controlled("control-killed");
        KafkaSettings calm = cluster.controlled("control-calm");
        SpeechCluster.createAudioTopic(killed);
        Map<String, String> sound =
                Map.of(
                        "tts.audio.decoder",
                        DemoVoice.unpack(directory.resolve("voice")).decoder().toString());
        JobClient killedJob = cluster.submit(killed, sound, ControlITCase::slowed, null);
        Instant effective = Instant.now().plusSeconds(15);
        Map<String, Integer> changes =
                Map.of(
                        "tts.chunk.first-tokens", 4,
                        "tts.chunk.tokens", 40,
                        "tts.max-semantic-tokens", 100);
        String trial =
                "{\"value\": 90, \"effectiveFrom\": \"%s\", \"experiment\": \"half\", \"share\": 0.5}"
                        .formatted(effective);
        write(killed, "tts.max-repeated-tokens", trial);
        write(calm, "tts.max-repeated-tokens", trial);
        for (String key : changes.keySet()) {
            set(killed, key + "=" + changes.get(key), effective);
            write(
                    calm,
                    key,
                    "{\"value\": %d, \"effectiveFrom\": \"%s\"}"
                            .formatted(changes.get(key), effective));
        }
        TextEvent before = SpeechCluster.longRequest(1);
        TextEvent after = SpeechCluster.longRequest(2);

        Map<String, List<AudioTokens>> disturbed = new LinkedHashMap<>();
        try (TokenListener listener = cluster.listen(killed)) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Instant.now().isAfter(effective.minusSeconds(1)));
            send(killed, before, effective.minusMillis(1));
            await().until(() -> Instant.now().isAfter(effective));
            awaitCheckpoint(killedJob);
            assertThat(cluster.endedBy(killed)).as("ended before the kill").isEmpty();
            cluster.flink().killWorker();
            send(killed, after, effective);
            cluster.collect(listener, disturbed, 2);
        }
        try (SoundConsumer consumer = new SoundConsumer(killed)) {
            consumer.awaitEnds(2);
        }
        killedJob.cancel().get();

        Map<String, List<AudioTokens>> undisturbed = new LinkedHashMap<>();
        JobClient calmJob = cluster.submit(calm);
        try (TokenListener listener = cluster.listen(calm)) {
            send(calm, before, effective.minusMillis(1));
            send(calm, after, effective);
            cluster.collect(listener, undisturbed, 2);
        }
        calmJob.cancel().get();

        assertThat(sizes(undisturbed, before)).startsWith(10, 25, 25);
        assertThat(sizes(undisturbed, after)).containsExactly(4, 40, 40, 16, 0);
        assertThat(emitted(disturbed)).isEqualTo(emitted(undisturbed));
        Map<String, Set<String>> arms =
                Map.of(
                        before.getRequestId(), Set.of(""),
                        after.getRequestId(), Set.of(new Trial("half", 0.5).arm(true)));
        assertThat(arms(killed, killed.topics().tokens())).isEqualTo(arms);
        assertThat(arms(killed, killed.topics().audio())).isEqualTo(arms);
        assertThat(arms(calm, calm.topics().tokens())).isEqualTo(arms);
    }

    /** The sides that the records of each request name, empty for none. */
    private static Map<String, Set<String>> arms(KafkaSettings topics, String topic)
            throws Exception {
        Map<String, Set<String>> arms = new LinkedHashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                TopicConsumer.open(topics, topic, "read_uncommitted")) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.keySet().stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    Header arm = record.headers().lastHeader(HeaderNames.ARM);
                    arms.computeIfAbsent(new String(record.key(), UTF_8), id -> new HashSet<>())
                            .add(arm == null ? "" : new String(arm.value(), UTF_8));
                }
            }
        }
        return arms;
    }

    /** So a savepoint of the one can be continued by the other. */
    @Test
    void testGraphIsTheSameWithAndWithoutTheTopic() throws Exception {
        KafkaSettings with = cluster.controlled("control-graph");
        KafkaSettings without = cluster.topics("control-graph", "at-least-once");
        assertThat(vertices(with)).hasSizeGreaterThan(1).isEqualTo(vertices(without));
    }

    private static List<String> vertices(KafkaSettings topics) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        TtsJob.build(environment, cluster.settings(topics));
        List<String> vertices = new ArrayList<>();
        for (JobVertex vertex :
                environment
                        .getStreamGraph()
                        .getJobGraph()
                        .getVerticesSortedTopologicallyFromSources()) {
            vertices.add(
                    "%s %s %s %s"
                            .formatted(
                                    vertex.getID(),
                                    vertex.getName(),
                                    vertex.getOperatorIDs().stream()
                                            .map(OperatorIDPair::getGeneratedOperatorID)
                                            .toList(),
                                    vertex.getInputs().size()));
        }
        return vertices;
    }

    /** Sends a request whose record has another time than now. */
    private static void send(KafkaSettings topics, TextEvent request, Instant timestamp)
            throws Exception {
        write(
                topics,
                new ProducerRecord<>(
                        topics.topics().requests(),
                        null,
                        timestamp.toEpochMilli(),
                        request.getRequestId().getBytes(UTF_8),
                        WireCodec.textEvents().encode(request)));
    }

    private static Map<String, List<Emitted>> emitted(Map<String, List<AudioTokens>> records) {
        Map<String, List<Emitted>> emitted = new LinkedHashMap<>();
        records.forEach(
                (id, chunks) ->
                        emitted.put(
                                id,
                                chunks.stream()
                                        .map(c -> new Emitted(c.getTokens(), c.getFinishReason()))
                                        .toList()));
        return emitted;
    }

    private static List<Integer> sizes(Map<String, List<AudioTokens>> records, TextEvent request) {
        return records.get(request.getRequestId()).stream()
                .map(chunk -> chunk.getTokens().size())
                .toList();
    }

    private static void awaitCheckpoint(JobClient job) throws Exception {
        JobStatistics statistics = cluster.statistics(job);
        int before = statistics.completedCheckpoints();
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> statistics.completedCheckpoints() > before + 1);
    }

    @Test
    void testBadRecordIsALineOfTheLogAndAMetric() throws Exception {
        KafkaSettings topics = cluster.controlled("control-bad");
        JobClient job = cluster.submit(topics);
        try (RecordedLog log = new RecordedLog(Level.WARN)) {
            JobStatistics statistics = cluster.statistics(job);
            await().until(() -> statistics.gauge("controlRecordsRefused") == 0);
            write(topics, "tts.segment.max-units", "{\"value\": 100}");
            write(topics, "tts.queue.capacity", "{\"value\": 100}");
            await().until(() -> statistics.gauge("controlRecordsRefused") == 1);
            await().until(() -> statistics.gauge("controlRecordsTaken") == 1);
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("control topic"))
                    .singleElement()
                    .asString()
                    .contains("is refused", "tts.segment.max-units", "elsewhere");
        }
        TextEvent request =
                TextEvent.newBuilder()
                        .setRequestId("after")
                        .setText("It goes on.")
                        .setMaxSemanticTokens(20)
                        .build();
        assertThat(cluster.speak(topics, request).values())
                .singleElement()
                .satisfies(speech -> assertThat(speech.tokens()).isNotEmpty());
        job.cancel().get();
    }

    @Test
    void testLogLevelReturnsToWhatItWas() throws Exception {
        List<Level> before = levels();
        KafkaSettings topics = cluster.controlled("control-log");
        JobClient job = cluster.submit(topics);
        control(topics, "set", "tts.log.level=trace");
        await().until(() -> levels().equals(List.of(Level.TRACE, Level.TRACE, before.get(2))));
        control(topics, "set", "tts.log.level=error");
        await().until(() -> levels().get(0) == Level.ERROR);
        control(topics, "set", "tts.log.level", "--default");
        await().until(() -> levels().equals(before));
        job.cancel().get();
    }

    /** Of two loggers of this project, and of Flink's. */
    private static List<Level> levels() {
        return Stream.of("io.rwkvtts.job.TtsJob", "io.rwkvtts", "org.apache.flink")
                .map(name -> LogManager.getLogger(name).getLevel())
                .toList();
    }

    private static void set(KafkaSettings topics, String assignment, Instant from) {
        control(topics, "set", assignment, "--from=" + from);
    }

    private static void control(KafkaSettings topics, String... arguments) {
        List<String> all = new ArrayList<>(List.of("control"));
        all.addAll(List.of(arguments));
        all.add("--control-topic=" + topics.topics().control());
        all.add("--bootstrap-servers=" + topics.bootstrapServers());
        CommandLine line = Tts.commandLine();
        StringWriter out = new StringWriter();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        int status = line.execute(all.toArray(String[]::new));
        assertThat(status).as(out.toString()).isZero();
    }

    private static void write(KafkaSettings topics, String key, String value) throws Exception {
        write(
                topics,
                new ProducerRecord<>(
                        topics.topics().control(), key.getBytes(UTF_8), value.getBytes(UTF_8)));
    }

    private static void write(KafkaSettings topics, ProducerRecord<byte[], byte[]> record)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        topics.properties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }
}
