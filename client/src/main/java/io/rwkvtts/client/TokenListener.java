package io.rwkvtts.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
        /** With the oldest record that Kafka holds. */
        EARLIEST,
        /** With the first record written after the listener was made. */
        LATEST
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final WireCodec<AudioTokens> codec = WireCodec.audioTokens();
    private final ConsumerRule rule = new ConsumerRule();
    private long dropped;

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
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.name().toLowerCase(Locale.ROOT));
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            assign(topic, start);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private void assign(String topic, Start start) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
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
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            receive(record, accepted);
        }
        return accepted;
    }

    /** Number of records dropped so far: repetitions, and what came behind an end. */
    public long dropped() {
        return dropped;
    }

    private void receive(ConsumerRecord<byte[], byte[]> record, List<ReceivedTokens> accepted) {
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
        ConsumerRule.Verdict verdict =
                rule.judge(
                        tokens.getRequestId(),
                        tokens.getSequence(),
                        tokens.getFinishReason() != null);
        if (!verdict.accepted()) {
            dropped++;
            return;
        }
        accepted.add(
                new ReceivedTokens(
                        tokens,
                        verdict == ConsumerRule.Verdict.GAP,
                        milliseconds(record, HeaderNames.REQUEST_TIMESTAMP_MS),
                        milliseconds(record, HeaderNames.EMITTED_AT_MS)));
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
