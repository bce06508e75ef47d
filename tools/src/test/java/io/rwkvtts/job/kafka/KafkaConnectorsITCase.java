package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.local.EmbeddedFlink;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.operator.TokenChunk;
import io.rwkvtts.schema.DeadLetter;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The job's source and sinks on a real broker, with nothing but an echo between them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KafkaConnectorsITCase {

    private static final byte[] GARBAGE = {(byte) 0xc3, 1, 2, 3};
    private static final long OLD_TIMESTAMP = 1_000;

    private static EmbeddedKafka kafka;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
        flink =
                EmbeddedFlink.start(
                        new Configuration()
                                .set(
                                        CheckpointingOptions.CHECKPOINTING_INTERVAL,
                                        Duration.ofMillis(300)));
    }

    @AfterAll
    static void stop() {
        flink.close();
        kafka.close();
    }

    @Test
    void testBadRecordsBecomeDeadLettersAndThoseAfterThemAreServed() throws Exception {
        KafkaSettings settings = settings("bad", "at-least-once");
        createTopics(settings);
        JobClient job = startEcho(settings);

        send(settings, "first", event("first"));
        send(settings, "key", GARBAGE);
        send(settings, "first", null);
        send(settings, "second", event("second"));

        List<ReceivedTokens> received = listen(settings, IsolationLevel.READ_UNCOMMITTED, 2);
        assertThat(received)
                .extracting(record -> record.tokens().getRequestId())
                .containsExactly("first", "first", "second", "second");
        assertThat(received.get(0).requestTimestampMs()).isEqualTo(OLD_TIMESTAMP);
        List<ConsumerRecord<byte[], byte[]>> letters = read(settings.topics().deadLetters(), 2);
        DeadLetter garbage = WireCodec.deadLetters().decode(letters.get(0).value());
        DeadLetter tombstone = WireCodec.deadLetters().decode(letters.get(1).value());
        assertThat(header(letters.get(0), "error")).isEqualTo("undecodable");
        assertThat(header(letters.get(0), "origin")).isEqualTo("bad-requests-0@1");
        assertThat(letters.get(0).key()).isEqualTo("key".getBytes(UTF_8));
        assertThat(garbage.getDetail()).startsWith("4 bytes are no TextEvent");
        assertThat(garbage.getOffset()).isEqualTo(1);
        assertThat(garbage.getPayload().array()).isEqualTo(GARBAGE);
        assertThat(tombstone.getDetail()).contains("tombstone");
        assertThat(tombstone.getPayload()).isNull();
        job.cancel().get();
    }

    @ParameterizedTest
    @CsvSource({"262144, 260000", "5000, 4000", "1048588, 399000"})
    void testDeadLetterIsCutToWhatItsTopicTakes(int limit, int payload) throws Exception {
        KafkaSettings settings = settings("cut-" + limit, "at-least-once");
        createTopics(settings);
        limitMessages(settings.topics().deadLetters(), limit);
        byte[] garbage = new byte[400_000];
        JobClient job = startEcho(settings);

        send(settings, "first", event("first"));
        send(settings, "key", garbage);
        send(settings, "second", event("second"));
        send(settings, "key", garbage);

        assertThat(listen(settings, IsolationLevel.READ_UNCOMMITTED, 2))
                .extracting(record -> record.tokens().getRequestId())
                .containsExactly("first", "first", "second", "second");
        for (ConsumerRecord<byte[], byte[]> record : read(settings.topics().deadLetters(), 2)) {
            DeadLetter letter = WireCodec.deadLetters().decode(record.value());
            assertThat(header(record, "error")).isEqualTo("undecodable");
            assertThat(letter.getPayloadLength()).isEqualTo(400_000);
            assertThat(letter.getPayload().remaining()).isBetween(payload, 400_000);
        }
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        job.cancel().get();
    }

    /** A restart would write the same record again. */
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void testTokensThatTheirTopicNoLongerTakesEndTheJob(String guarantee) throws Exception {
        KafkaSettings settings = settings("lowered-" + guarantee, guarantee);
        createTopics(settings);
        JobClient job = startEcho(settings);
        send(settings, "first", event("first"));
        listen(settings, IsolationLevel.READ_COMMITTED, 1);

        limitMessages(settings.topics().tokens(), 100);
        send(settings, "second", event("second"));

        assertThatThrownBy(() -> job.getJobExecutionResult().get())
                .hasStackTraceContaining(
                        "topic lowered-%s-tokens does not take a record".formatted(guarantee))
                .hasStackTraceContaining("SuppressRestartsException");
    }

    private static void limitMessages(String topic, int bytes) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp limit =
                new AlterConfigOp(
                        new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                        AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(limit))).all().get();
        }
    }

    @Test
    void testJsonLinesOfAConsoleProducerAreServed() throws Exception {
        Configuration config = config("json", "at-least-once");
        config.setString("tts.input.format", "json");
        KafkaSettings settings = KafkaSettings.from(config);
        createTopics(settings);
        JobClient job = startEcho(settings);

        send(settings, null, "{\"requestId\": \"first\", \"text\": \"早.\"}".getBytes(UTF_8));
        send(settings, null, "{\"requestId\": \"first\", \"text\": ".getBytes(UTF_8));
        send(settings, null, event("second"));

        List<ReceivedTokens> received = listen(settings, IsolationLevel.READ_UNCOMMITTED, 1);
        assertThat(received.get(0).tokens().getRequestId()).isEqualTo("first");
        assertThat(received.get(0).tokens().getTokens()).containsExactly((int) '早', (int) '.');
        assertThat(read(settings.topics().deadLetters(), 2))
                .extracting(letter -> header(letter, "error"))
                .containsExactly("undecodable", "undecodable");
        job.cancel().get();
    }

    /** Old requests first; a new one shows where the job began. */
    @ParameterizedTest
    @CsvSource({
        "tts.kafka.properties.auto.offset.reset, latest, false",
        "tts.kafka.start-from, latest, false",
        "tts.kafka.start-from, earliest, true",
        "tts.kafka.start-from, committed, true",
        "tts.kafka.start-timestamp, 2001-01-01T00:00:00Z, false",
        "tts.kafka.start-timestamp, 1970-01-01T00:00:01Z, true"
    })
    void testFreshJobStartsWhereItIsTold(String option, String value, boolean readsOld)
            throws Exception {
        Configuration config =
                config("start-" + value.replace(':', '-') + option.length(), "at-least-once");
        config.setString(option, value);
        if (option.endsWith("timestamp")) {
            config.setString("tts.kafka.start-from", "timestamp");
        }
        KafkaSettings settings = KafkaSettings.from(config);
        createTopics(settings);
        send(settings, "old", event("old"));
        JobClient job = startEcho(settings);
        try {
            Set<String> answered = answersUntilNew(settings);

            assertThat(answered.contains("old")).isEqualTo(readsOld);
        } finally {
            job.cancel().get();
        }
    }

    /** Requests are sent until the job, whose place is known to itself alone, answers one. */
    private static Set<String> answersUntilNew(KafkaSettings settings) throws Exception {
        Set<String> answered = new HashSet<>();
        try (TokenListener listener =
                new TokenListener(
                        settings.properties(),
                        settings.topics().tokens(),
                        TokenListener.Start.EARLIEST,
                        IsolationLevel.READ_UNCOMMITTED)) {
            for (int i = 0; answered.stream().noneMatch(id -> id.startsWith("new")); i++) {
                String id = "new-" + i;
                send(settings, id, event(id), System.currentTimeMillis());
                for (ReceivedTokens received : listener.poll(Duration.ofMillis(500))) {
                    answered.add(received.tokens().getRequestId());
                }
            }
        }
        return answered;
    }

    @Test
    void testOutputDoesNotInheritTheTimestampOfItsRequest() throws Exception {
        KafkaSettings settings = settings("time", "at-least-once");
        createTopics(settings);
        long start = System.currentTimeMillis();
        send(settings, "r", event("r"));
        send(settings, "r", GARBAGE);
        JobClient job = startEcho(settings);

        assertThat(read(settings.topics().tokens(), 1).get(0).timestamp())
                .isGreaterThanOrEqualTo(start);
        assertThat(read(settings.topics().deadLetters(), 1).get(0).timestamp())
                .isGreaterThanOrEqualTo(start);
        job.cancel().get();
    }

    @Test
    void testExactlyOnceIsReadAfterTheCheckpoint() throws Exception {
        KafkaSettings settings = settings("eos", "exactly-once");
        createTopics(settings);
        JobClient job = startEcho(settings);

        List<String> sent = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            send(settings, id, event(id));
            sent.add(id);
            assertThat(listen(settings, IsolationLevel.READ_COMMITTED, sent.size()))
                    .filteredOn(ReceivedTokens::end)
                    .extracting(record -> record.tokens().getRequestId())
                    .containsExactlyElementsOf(sent);
        }
        job.cancel().get();
    }

    private static KafkaSettings settings(String prefix, String guarantee) {
        return KafkaSettings.from(config(prefix, guarantee));
    }

    private static Configuration config(String prefix, String guarantee) {
        Configuration config = new Configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        config.set(KafkaOptions.REQUESTS_TOPIC, prefix + "-requests");
        config.set(KafkaOptions.TOKENS_TOPIC, prefix + "-tokens");
        config.set(KafkaOptions.DEAD_LETTERS_TOPIC, prefix + "-dead-letters");
        config.set(KafkaOptions.GROUP_ID, prefix);
        config.setString(KafkaOptions.DELIVERY_GUARANTEE.key(), guarantee);
        return config;
    }

    private static void createTopics(KafkaSettings settings) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            brokers.createTopics(
                    List.of(
                            settings.topics().requests(),
                            settings.topics().tokens(),
                            settings.topics().deadLetters()),
                    1);
        }
    }

    private static JobClient startEcho(KafkaSettings settings) throws Exception {
        StreamExecutionEnvironment environment = flink.environment();
        SingleOutputStreamOperator<TokenChunk> chunks =
                environment
                        .fromSource(
                                KafkaConnectors.requests(settings),
                                KafkaConnectors.withoutTime(),
                                "requests")
                        .process(new Echo());
        chunks.sinkTo(KafkaConnectors.tokens(settings)).name("tokens");
        chunks.getSideOutput(Echo.REJECTED)
                .sinkTo(KafkaConnectors.deadLetters(settings))
                .name("dead letters");
        return environment.executeAsync("echo");
    }

    private static byte[] event(String id) {
        return WireCodec.textEvents()
                .encode(TextEvent.newBuilder().setRequestId(id).setText("Hello.").build());
    }

    private static void send(KafkaSettings settings, String key, byte[] value) throws Exception {
        send(settings, key, value, OLD_TIMESTAMP);
    }

    private static void send(KafkaSettings settings, String key, byte[] value, long timestampMs)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings.properties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    settings.topics().requests(),
                                    null,
                                    timestampMs,
                                    key == null ? null : key.getBytes(UTF_8),
                                    value))
                    .get();
        }
    }

    /** What the consumer's rule lets through until that many requests have ended. */
    private static List<ReceivedTokens> listen(
            KafkaSettings settings, IsolationLevel isolation, int requests) {
        List<ReceivedTokens> received = new ArrayList<>();
        try (TokenListener listener =
                new TokenListener(
                        settings.properties(),
                        settings.topics().tokens(),
                        TokenListener.Start.EARLIEST,
                        isolation)) {
            while (received.stream().filter(ReceivedTokens::end).count() < requests) {
                received.addAll(listener.poll(Duration.ofSeconds(1)));
            }
        }
        return received;
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
        Properties properties = new Properties();
        properties.putAll(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "auto.offset.reset",
                        "earliest"));
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            while (records.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
