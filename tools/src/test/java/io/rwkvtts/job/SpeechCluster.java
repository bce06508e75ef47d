package io.rwkvtts.job;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechStream;
import io.rwkvtts.client.TextEventProducer;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.ClientSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.EmbeddedFlink;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A real broker, a real Flink cluster of two slots and the demo voice on ONNX Runtime, for tests of
 * the whole job. Each job gets topics of its own.
 */
final class SpeechCluster implements AutoCloseable {

    /** How a request went, as the consumer's rule lets it through. */
    record Speech(List<Integer> tokens, List<Integer> globalTokens, String finishReason) {}

    private final EmbeddedKafka kafka;
    private final Map<String, String> clientProperties;
    private final EmbeddedFlink flink;
    private final SpeechModel model;

    private SpeechCluster(
            EmbeddedKafka kafka,
            Map<String, String> clientProperties,
            EmbeddedFlink flink,
            SpeechModel model) {
        this.kafka = kafka;
        this.clientProperties = clientProperties;
        this.flink = flink;
        this.model = model;
    }

    static SpeechCluster start(Path directory, Duration checkpointInterval) throws Exception {
        return start(
                directory,
                checkpointInterval,
                EmbeddedKafka.start(0),
                Map.of(),
                new Configuration());
    }

    /**
     * Starts the other parts.
     *
     * @param kafka is closed with them
     * @param clientProperties what its clients need
     */
    static SpeechCluster start(
            Path directory,
            Duration checkpointInterval,
            EmbeddedKafka kafka,
            Map<String, String> clientProperties)
            throws Exception {
        return start(directory, checkpointInterval, kafka, clientProperties, new Configuration());
    }

    /**
     * Starts the other parts.
     *
     * @param kafka is closed with them
     * @param clientProperties what its clients need
     * @param cluster options of Flink's processes, beside or instead of those of other tests
     */
    static SpeechCluster start(
            Path directory,
            Duration checkpointInterval,
            EmbeddedKafka kafka,
            Map<String, String> clientProperties,
            Configuration cluster)
            throws Exception {
        SpeechModel model =
                DemoVoice.model(new ModelCache(directory.resolve("cache")), Optional.empty());
        Configuration options = new Configuration();
        options.set(TaskManagerOptions.NUM_TASK_SLOTS, 2);
        options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        options.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                Duration.ofMillis(100));
        // JobStatistics is to see all, and nothing older.
        options.set(WebOptions.CHECKPOINTS_HISTORY_SIZE, 1_000);
        options.set(RestOptions.CACHE_CHECKPOINT_STATISTICS_TIMEOUT, Duration.ofMillis(1));
        options.addAll(cluster);
        return new SpeechCluster(kafka, clientProperties, EmbeddedFlink.start(options), model);
    }

    /** Topics of a name of their own with one for changes of options, created. */
    KafkaSettings controlled(String name) {
        Configuration options = options(name, "at-least-once", clientProperties);
        options.set(KafkaOptions.CONTROL_TOPIC, name + "-control");
        KafkaSettings settings = created(options);
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            ControlTopic control = new ControlTopic(settings.topics().control());
            control.create(brokers);
            control.require(brokers);
        }
        return settings;
    }

    /** Topics of a name of their own, created. */
    KafkaSettings topics(String name, String delivery) {
        return topics(name, delivery, clientProperties);
    }

    KafkaSettings topics(String name, String delivery, Map<String, String> clientProperties) {
        return created(options(name, delivery, clientProperties));
    }

    private Configuration options(
            String name, String delivery, Map<String, String> clientProperties) {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(KafkaOptions.REQUESTS_TOPIC, name + "-requests");
        options.set(KafkaOptions.TOKENS_TOPIC, name + "-tokens");
        options.set(KafkaOptions.AUDIO_TOPIC, name + "-audio");
        options.set(KafkaOptions.DEAD_LETTERS_TOPIC, name + "-dead-letters");
        options.set(KafkaOptions.GROUP_ID, name);
        options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, name);
        options.setString(KafkaOptions.DELIVERY_GUARANTEE.key(), delivery);
        options.set(KafkaOptions.CLIENT_PROPERTIES, clientProperties);
        return options;
    }

    private static KafkaSettings created(Configuration options) {
        KafkaSettings settings = KafkaSettings.from(options);
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            brokers.createTopics(settings.topics().names(false), 4);
        }
        return settings;
    }

    /** Creates the topic of sound, which {@link #topics} does not. */
    static void createAudioTopic(KafkaSettings settings) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            brokers.createTopics(List.of(settings.topics().audio()), 4);
        }
    }

    /** The same topics of requests, with another one for tokens, created. */
    KafkaSettings withTokensTopic(String requests, String tokens) {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(KafkaOptions.REQUESTS_TOPIC, requests + "-requests");
        options.set(KafkaOptions.TOKENS_TOPIC, tokens + "-tokens");
        options.set(KafkaOptions.DEAD_LETTERS_TOPIC, requests + "-dead-letters");
        options.set(KafkaOptions.GROUP_ID, tokens);
        KafkaSettings settings = KafkaSettings.from(options);
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            brokers.createTopics(List.of(settings.topics().tokens()), 4);
        }
        return settings;
    }

    JobClient submit(KafkaSettings topics) throws Exception {
        return submit(topics, Map.of(), UnaryOperator.identity(), null);
    }

    /**
     * Starts the job.
     *
     * @param options of the synthesis and of Flink, beside the defaults
     * @param engines wraps the engine of the demo voice
     * @param savepoint where to continue from, null for a fresh start
     */
    JobClient submit(
            KafkaSettings topics,
            Map<String, String> options,
            UnaryOperator<EngineFactory> engines,
            String savepoint)
            throws Exception {
        TtsSettings settings = settings(topics, options, engines);
        StreamExecutionEnvironment environment = flink.environment();
        environment.setParallelism(1);
        environment.configure(Configuration.fromMap(options));
        if (savepoint != null) {
            Configuration restore = new Configuration();
            restore.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
            environment.configure(restore);
        }
        TtsJob.build(environment, settings);
        return environment.executeAsync(topics.groupId());
    }

    /** The defaults with these topics. */
    TtsSettings settings(KafkaSettings topics) throws IOException {
        return settings(topics, Map.of(), UnaryOperator.identity());
    }

    private TtsSettings settings(
            KafkaSettings topics, Map<String, String> options, UnaryOperator<EngineFactory> engines)
            throws IOException {
        TtsSettings read = TtsSettings.from(Configuration.fromMap(options), model);
        return new TtsSettings(
                topics,
                read.synthesis(),
                engines.apply(read.engines()),
                read.engine(),
                read.audio(),
                read.switchable());
    }

    /** Six seconds of speech and more; the text does not matter. */
    static TextEvent longRequest(int number) {
        return TextEvent.newBuilder()
                .setRequestId("request-" + number)
                .setText("This is request number " + number + ", which takes its time.")
                .setSeed((long) number)
                .setMinSemanticTokens(300)
                .setMaxSemanticTokens(350)
                .build();
    }

    /** Sends events, each under its request's key. */
    void send(KafkaSettings topics, TextEvent... events) throws Exception {
        try (TextEventProducer producer =
                new TextEventProducer(topics.properties(), topics.topics().requests())) {
            List<Future<?>> sent = new ArrayList<>();
            for (TextEvent event : events) {
                sent.add(producer.send(event));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        }
    }

    void send(KafkaSettings topics, String key, byte[] value) {
        send(topics, key, List.of(value));
    }

    /** Sends records as they are, under one key and so to one partition. */
    void send(KafkaSettings topics, String key, List<byte[]> values) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        topics.properties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(
                        new ProducerRecord<>(
                                topics.topics().requests(),
                                key.getBytes(StandardCharsets.UTF_8),
                                value));
            }
        }
    }

    /** The Flink of it. */
    EmbeddedFlink flink() {
        return flink;
    }

    /** What Flink tells of a job. */
    JobStatistics statistics(JobClient job) {
        return new JobStatistics(flink.webAddress(), flink.metricsAddress(), job.getJobID());
    }

    /** Requests that have ended by what the token topic holds now, read to its end. */
    Set<String> endedBy(KafkaSettings topics) throws Exception {
        Set<String> ended = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                TopicConsumer.open(topics, topics.topics().tokens(), "read_uncommitted")) {
            Set<TopicPartition> partitions = consumer.assignment();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    AudioTokens tokens = WireCodec.audioTokens().decode(record.value());
                    if (tokens.getFinishReason() != null) {
                        ended.add(tokens.getRequestId());
                    }
                }
            }
        }
        return ended;
    }

    /** A client of the job of these topics. */
    static SpeechClient client(KafkaSettings topics) {
        return SpeechClient.connect(
                ClientSettings.of(topics).withIsolation(IsolationLevel.READ_COMMITTED));
    }

    /** Sends whole requests at once and reads until all of them have ended. */
    Map<String, Speech> speak(KafkaSettings topics, TextEvent... requests) throws Exception {
        Map<String, Speech> speech = new LinkedHashMap<>();
        try (SpeechClient client = client(topics)) {
            List<SpeechStream> streams = new ArrayList<>();
            for (TextEvent request : requests) {
                streams.add(client.speak(request));
            }
            streams.forEach(stream -> speech.put(stream.id(), speech(records(stream))));
        }
        return speech;
    }

    /** All records of a request that have not been read. */
    static List<AudioTokens> records(SpeechStream stream) {
        List<AudioTokens> records = new ArrayList<>();
        for (ReceivedTokens received : stream) {
            requireNoGap(received);
            records.add(received.tokens());
        }
        return records;
    }

    private static void requireNoGap(ReceivedTokens received) {
        if (received.gap()) {
            throw new AssertionError("records before this one are lost: " + received);
        }
    }

    TokenListener listen(KafkaSettings topics) {
        return listener(topics, TokenListener.Start.EARLIEST);
    }

    /** A listener that takes requests from the middle on. */
    TokenListener joinLate(KafkaSettings topics) {
        return listener(topics, TokenListener.Start.LATEST);
    }

    private static TokenListener listener(KafkaSettings topics, TokenListener.Start start) {
        return new TokenListener(
                topics.properties(),
                topics.topics().tokens(),
                start,
                IsolationLevel.READ_COMMITTED);
    }

    /** Reads until all of these requests have ended. */
    Map<String, Speech> collect(TokenListener listener, Collection<String> ids) {
        Map<String, List<AudioTokens>> records = new LinkedHashMap<>();
        collect(listener, records, ids.size());
        Map<String, Speech> speech = new LinkedHashMap<>();
        records.forEach((id, chunks) -> speech.put(id, speech(chunks)));
        return speech;
    }

    /** Reads until that many requests have ended, after what {@code records} holds already. */
    void collect(TokenListener listener, Map<String, List<AudioTokens>> records, int requests) {
        while (ended(records) < requests) {
            for (ReceivedTokens received : listener.poll(Duration.ofMillis(100))) {
                requireNoGap(received);
                records.computeIfAbsent(received.tokens().getRequestId(), id -> new ArrayList<>())
                        .add(received.tokens());
            }
        }
    }

    static long ended(Map<String, List<AudioTokens>> records) {
        return records.values().stream()
                .filter(chunks -> chunks.get(chunks.size() - 1).getFinishReason() != null)
                .count();
    }

    static Speech speech(List<AudioTokens> chunks) {
        List<Integer> tokens = new ArrayList<>();
        List<Integer> globals = null;
        for (AudioTokens chunk : chunks) {
            if (chunk.getTokenOffset() != tokens.size()) {
                throw new AssertionError("the chunk does not join its predecessor: " + chunk);
            }
            tokens.addAll(chunk.getTokens());
            globals = globals == null ? chunk.getGlobalTokens() : globals;
        }
        return new Speech(tokens, globals, chunks.get(chunks.size() - 1).getFinishReason());
    }

    @Override
    public void close() {
        flink.close();
        kafka.close();
    }
}
