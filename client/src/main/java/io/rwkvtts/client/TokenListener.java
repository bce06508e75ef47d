package io.rwkvtts.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.client.ConsumerRule.Join;
import io.rwkvtts.client.ConsumerRule.Taken;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the token topic and passes on what {@link ConsumerRule} lets through: the reference
 * consumer. Reads all partitions that exist when it is made, without a consumer group.
 *
 * <p>Owns its connection. Belongs to one thread.
 */
public final class TokenListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TokenListener.class);

    /** Where to begin. */
    public enum Start {
        /** With the oldest record that Kafka holds: all requests begin with sequence 0. */
        EARLIEST,
        /**
         * With the first record written after the listener was made. Requests that it was not told
         * to {@link #expect} are taken from the first record that is seen of them.
         */
        LATEST
    }

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final Predicate<ConsumerRecord<byte[], byte[]>> wanted;
    private final WireCodec<AudioTokens> codec = WireCodec.audioTokens();
    private final ConsumerRule<ReceivedTokens> rule;
    private final Queue<String> expected = new ConcurrentLinkedQueue<>();

    /**
     * Connects and finds where to begin.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     * @param topic the token topic; must exist
     * @param start where to begin
     * @param isolation whether to see records of transactions that are not committed; of importance
     *     only if the job delivers exactly once
     */
    public TokenListener(
            Properties clientProperties, String topic, Start start, IsolationLevel isolation) {
        this(clientProperties, topic, start, isolation, HoldLimits.DEFAULT);
    }

    /**
     * Connects and finds where to begin.
     *
     * @param limits how long and how much is held of requests of which a record is missing
     */
    public TokenListener(
            Properties clientProperties,
            String topic,
            Start start,
            IsolationLevel isolation,
            HoldLimits limits) {
        this(
                connect(clientProperties, isolation),
                topic,
                start,
                new ConsumerRule<>(
                        start == Start.EARLIEST ? Join.BEFORE_REQUESTS : Join.AMONG_REQUESTS,
                        limits,
                        ConsumerRule.DEDUP_WINDOW),
                record -> true);
    }

    /**
     * Reads with a consumer that it owns from now on.
     *
     * @param wanted whether to look at a record; asked once when it is read, by the thread that
     *     polls
     */
    TokenListener(
            org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
            String topic,
            Start start,
            ConsumerRule<ReceivedTokens> rule,
            Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        this.consumer = consumer;
        this.rule = rule;
        this.wanted = wanted;
        try {
            assign(topic, start);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /**
     * Reads the records of requests that are sent from now on.
     *
     * @param wanted whether to look at a record; asked once when it is read, by the thread that
     *     polls
     */
    static TokenListener of(
            SpeechSettings settings, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        Properties properties = new Properties();
        properties.putAll(settings.kafka());
        // Where the place to read from is lost, repeated records do no harm.
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new TokenListener(
                connect(properties, settings.isolation()),
                settings.tokensTopic(),
                Start.LATEST,
                new ConsumerRule<>(
                        Join.BEFORE_REQUESTS, settings.holdLimits(), ConsumerRule.DEDUP_WINDOW),
                wanted);
    }

    private static KafkaConsumer<byte[], byte[]> connect(
            Properties clientProperties, IsolationLevel isolation) {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.name().toLowerCase(Locale.ROOT));
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void assign(String topic, Start start) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException("topic " + topic + " does not exist");
        }
        consumer.assign(partitions);
        if (start == Start.EARLIEST) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        // Seeking is lazy: without this, records written from now on could be missed.
        partitions.forEach(consumer::position);
    }

    /**
     * The accepted records among the next ones, in the order of each partition.
     *
     * @param timeout how long to wait for any record
     * @return possibly empty
     */
    public List<ReceivedTokens> poll(Duration timeout) {
        List<ReceivedTokens> accepted = new ArrayList<>();
        Consumer<Taken<ReceivedTokens>> taken = record -> accepted.add(withGap(record));
        ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
        for (String id = expected.poll(); id != null; id = expected.poll()) {
            rule.expect(id);
        }
        long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            receive(record, nowMs, taken);
        }
        rule.expire(nowMs, taken);
        return accepted;
    }

    /**
     * Announces that a request is about to be sent, so that it begins with sequence 0 wherever the
     * listener began. May be called by any thread.
     */
    public void expect(String requestId) {
        expected.add(requestId);
    }

    /**
     * Reads again what was written in the time before this.
     *
     * @param lookBack length of that time
     */
    void readBack(Duration lookBack) {
        long from = System.currentTimeMillis() - lookBack.toMillis();
        Map<TopicPartition, Long> times = new HashMap<>();
        consumer.assignment().forEach(partition -> times.put(partition, from));
        consumer.offsetsForTimes(times)
                .forEach(
                        (partition, found) -> {
                            if (found != null && found.offset() < consumer.position(partition)) {
                                consumer.seek(partition, found.offset());
                            }
                        });
    }

    /** Drops what is known of a request. Its records are no longer wanted. */
    void forget(String requestId) {
        rule.forget(requestId);
    }

    /** Number of records dropped so far: repetitions, and what came after an end. */
    public long dropped() {
        return rule.dropped();
    }

    /** Requests of which a record is being waited for. */
    public int waiting() {
        return rule.waiting();
    }

    private static ReceivedTokens withGap(Taken<ReceivedTokens> taken) {
        ReceivedTokens received = taken.record();
        return taken.missing() == 0
                ? received
                : new ReceivedTokens(
                        received.tokens(),
                        taken.missing(),
                        received.requestTimestampMs(),
                        received.emittedAtMs());
    }

    private void receive(
            ConsumerRecord<byte[], byte[]> record,
            long nowMs,
            Consumer<Taken<ReceivedTokens>> taken) {
        if (!wanted.test(record)) {
            return;
        }
        AudioTokens tokens;
        try {
            tokens = codec.decode(record.value() == null ? new byte[0] : record.value());
        } catch (WireFormatException e) {
            LOG.warn(
                    "record {}-{}@{} is skipped: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            return;
        }
        rule.receive(
                tokens.getRequestId(),
                tokens.getSequence(),
                tokens.getFinishReason() != null,
                new ReceivedTokens(
                        tokens,
                        0,
                        milliseconds(record, HeaderNames.REQUEST_TIMESTAMP_MS),
                        milliseconds(record, HeaderNames.EMITTED_AT_MS)),
                record.serializedValueSize(),
                nowMs,
                taken);
    }

    private static long milliseconds(ConsumerRecord<byte[], byte[]> record, String header) {
        Header found = record.headers().lastHeader(header);
        if (found == null || found.value() == null) {
            return -1;
        }
        try {
            return Long.parseLong(new String(found.value(), UTF_8));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
