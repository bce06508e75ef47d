package io.rwkvtts.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
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
 * Reads all partitions of the token topic that exist when it is made, without a consumer group.
 * Belongs to one thread.
 */
final class TokenConsumer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TokenConsumer.class);

    private final Consumer<byte[], byte[]> consumer;
    private final WireCodec<AudioTokens> codec = WireCodec.audioTokens();

    /** Partitions of which records are read a second time, and where those that are new begin. */
    private final Map<TopicPartition, Long> readingBack = new HashMap<>();

    /**
     * Reads with a consumer that it owns from now on.
     *
     * @param fromOldest whether to begin with the oldest record that Kafka holds, or else with the
     *     first that is written from now on
     * @throws IllegalArgumentException if the topic does not exist
     */
    TokenConsumer(Consumer<byte[], byte[]> consumer, String topic, boolean fromOldest) {
        this.consumer = consumer;
        try {
            assign(topic, fromOldest);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /**
     * Connects and finds where to begin.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     */
    static TokenConsumer connect(
            Properties clientProperties,
            String topic,
            boolean fromOldest,
            IsolationLevel isolation) {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.name().toLowerCase(Locale.ROOT));
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        return new TokenConsumer(
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                topic,
                fromOldest);
    }

    private void assign(String topic, boolean fromOldest) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException("topic " + topic + " does not exist");
        }
        consumer.assign(partitions);
        if (fromOldest) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        // Seeking is lazy: without this, records written from now on could be missed.
        partitions.forEach(consumer::position);
    }

    /** The next records, waited for that long at most; in the order of each partition. */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return consumer.poll(timeout);
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
                            long next = consumer.position(partition);
                            if (found != null && found.offset() < next) {
                                consumer.seek(partition, found.offset());
                                readingBack.put(partition, next);
                            }
                        });
    }

    /** Whether some of what {@link #readBack} goes back to has not been read again. */
    boolean readingBack() {
        readingBack
                .entrySet()
                .removeIf(
                        partition -> consumer.position(partition.getKey()) >= partition.getValue());
        return !readingBack.isEmpty();
    }

    /** What a record holds; null, and a warning, if that cannot be read. */
    ReceivedTokens decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return new ReceivedTokens(
                    codec.decode(record.value() == null ? new byte[0] : record.value()),
                    0,
                    milliseconds(record, HeaderNames.REQUEST_TIMESTAMP_MS),
                    milliseconds(record, HeaderNames.EMITTED_AT_MS));
        } catch (WireFormatException e) {
            LOG.warn(
                    "record {}-{}@{} is skipped: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            return null;
        }
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
