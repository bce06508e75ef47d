package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.local.EmbeddedFlink;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.local.LoopbackPorts;
import io.rwkvtts.local.LoopbackProxy;
import io.rwkvtts.operator.TokenChunk;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job's sinks while the broker does not answer them; its source reads on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class UnreachableKafkaITCase {

    private static final int REQUESTS = 20;
    private static final String SOURCE = "Source: requests";
    private static final String PRODUCER = KafkaProducer.class.getName();

    private static EmbeddedKafka kafka;
    private static LoopbackProxy link;
    private static EmbeddedFlink flink;
    private static String direct;
    private static String linked;

    private JobClient job;

    @BeforeAll
    static void start() throws Exception {
        int near = LoopbackPorts.chooseLasting();
        int far = LoopbackPorts.choose(0, "port");
        int broker = LoopbackPorts.choose(0, "port");
        int controller = LoopbackPorts.choose(0, "port");
        kafka = EmbeddedKafka.start(broker, "PLAINTEXT", listeners(broker, near, far, controller));
        link = new LoopbackProxy(near, far);
        direct = kafka.bootstrapServers();
        linked = LoopbackPorts.HOST + ":" + near;
        flink =
                EmbeddedFlink.start(
                        new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
    }

    /** A second listener, which clients reach by the link only. */
    private static Map<String, String> listeners(int broker, int near, int far, int controller) {
        return Map.of(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,LINKED://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(broker, far, controller),
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:%d,LINKED://127.0.0.1:%d".formatted(broker, near),
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,LINKED:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.quorum.voters",
                "1@127.0.0.1:" + controller);
    }

    @AfterEach
    void endJob() throws Exception {
        link.heal();
        if (!job.getJobStatus().get().isGloballyTerminalState()) {
            job.cancel().get();
        }
        awaitEnd(Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() throws Exception {
        flink.close();
        link.close();
        kafka.close();
    }

    /** With restarts off: what is there in the end was never given up. */
    @Test
    void testRecordsWaitForTheBroker() throws Exception {
        KafkaSettings settings = settings("wait", "at-least-once");
        startEcho("wait", settings);
        send("wait", 0);
        read(settings.topics().tokens(), 2);

        link.drop();
        send("wait", 1, REQUESTS);
        awaitWaitingTask();
        link.heal();

        List<String> expected = new ArrayList<>();
        IntStream.range(0, REQUESTS).forEach(i -> expected.addAll(List.of(i + ":0", i + ":1")));
        assertThat(read(settings.topics().tokens(), 2 * REQUESTS))
                .containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void testJobIsCancelledWhileItWaitsForTheBroker(String guarantee) throws Exception {
        String name = "waiting-" + guarantee;
        KafkaSettings settings = settings(name, guarantee);
        startEcho(name, settings);
        send(name, 0);
        read(settings.topics().tokens(), 2);

        link.drop();
        send(name, 1, REQUESTS);
        awaitWaitingTask();
        job.cancel().get();

        assertCancelledAndTaskManagerStays();
    }

    /** A transaction can't be aborted without the broker. */
    @Test
    void testJobIsCancelledInMidTransaction() throws Exception {
        KafkaSettings settings = settings("transaction", "exactly-once");
        startEcho("transaction", settings, Duration.ofHours(1));
        send("transaction", 0);
        read(settings.topics().tokens(), 2);

        link.drop();
        long before = Echo.events();
        send("transaction", 1, REQUESTS);
        await().until(() -> Echo.events() == before + REQUESTS - 1);
        job.cancel().get();

        assertCancelledAndTaskManagerStays();
    }

    private void assertCancelledAndTaskManagerStays() throws Exception {
        awaitEnd(Duration.ofSeconds(20));
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.CANCELED);
        StreamExecutionEnvironment environment = flink.environment();
        environment.setParallelism(1);
        try (var numbers = environment.fromSequence(1, 3).executeAndCollect("another job")) {
            assertThat(numbers).toIterable().containsExactly(1L, 2L, 3L);
        }
    }

    private static KafkaSettings settings(String name, String guarantee) {
        KafkaSettings settings = settings(name, guarantee, linked);
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            brokers.createTopics(
                    List.of(
                            settings.topics().requests(),
                            settings.topics().tokens(),
                            settings.topics().deadLetters()),
                    1);
        }
        return settings;
    }

    private static KafkaSettings settings(String name, String guarantee, String servers) {
        Configuration config = new Configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, servers);
        config.set(KafkaOptions.REQUESTS_TOPIC, name + "-requests");
        config.set(KafkaOptions.TOKENS_TOPIC, name + "-tokens");
        config.set(KafkaOptions.DEAD_LETTERS_TOPIC, name + "-dead-letters");
        config.set(KafkaOptions.GROUP_ID, name);
        config.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, name);
        config.setString(KafkaOptions.DELIVERY_GUARANTEE.key(), guarantee);
        return KafkaSettings.from(config);
    }

    private void startEcho(String name, KafkaSettings settings) throws Exception {
        startEcho(name, settings, Duration.ofMillis(300));
    }

    private void startEcho(String name, KafkaSettings settings, Duration checkpointInterval)
            throws Exception {
        StreamExecutionEnvironment environment = flink.environment();
        environment.enableCheckpointing(checkpointInterval.toMillis());
        environment.setParallelism(1);
        KafkaSettings source = settings(name, "at-least-once", direct);
        SingleOutputStreamOperator<TokenChunk> chunks =
                environment
                        .fromSource(
                                KafkaConnectors.requests(source),
                                KafkaConnectors.withoutTime(),
                                "requests")
                        .process(new Echo());
        chunks.sinkTo(KafkaConnectors.tokens(settings)).name("tokens");
        job = environment.executeAsync(name);
    }

    private static void send(String name, int request) throws Exception {
        send(name, request, request + 1);
    }

    private static void send(String name, int from, int to) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                String id = Integer.toString(i);
                TextEvent event = TextEvent.newBuilder().setRequestId(id).setText("Hi.").build();
                producer.send(
                        new ProducerRecord<>(
                                name + "-requests",
                                id.getBytes(UTF_8),
                                WireCodec.textEvents().encode(event)));
            }
        }
    }

    private void awaitEnd(Duration atMost) {
        await().atMost(atMost).until(() -> job.getJobStatus().get().isGloballyTerminalState());
    }

    /** Waits until the task waits for Kafka, in a flush or for its part in a transaction. */
    private static void awaitWaitingTask() {
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                Thread.getAllStackTraces().entrySet().stream()
                                        .filter(e -> e.getKey().getName().startsWith(SOURCE))
                                        .flatMap(e -> Arrays.stream(e.getValue()))
                                        .anyMatch(frame -> frame.getClassName().equals(PRODUCER)));
    }

    /** Request id and sequence of the first records that can be read, committed or not. */
    private static List<String> read(String topic, int count) throws Exception {
        List<String> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (records.size() < count) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    AudioTokens tokens = WireCodec.audioTokens().decode(record.value());
                    records.add(tokens.getRequestId() + ":" + tokens.getSequence());
                }
            }
        }
        return records;
    }

    private static Properties client() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", direct);
        return properties;
    }
}
