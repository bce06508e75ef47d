package io.rwkvtts.cli;

import io.rwkvtts.schema.DeadLetter;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Watches the dead letters for requests that were sent from here and will never end, because the
 * job could not even read their id.
 *
 * <p>Owns a connection. Belongs to one thread.
 */
final class LostRequests implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final WireCodec<DeadLetter> codec = WireCodec.deadLetters();
    private final Set<String> sent = new HashSet<>();

    /**
     * Connects; letters written from now on are seen.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     * @param topic the dead-letter topic; must exist
     */
    LostRequests(Properties clientProperties, String topic) {
        consumer =
                new KafkaConsumer<>(
                        clientProperties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** A request was written there. */
    void sent(RecordMetadata where) {
        sent.add(origin(where.topic(), where.partition(), where.offset()));
    }

    /**
     * Looks for a new letter about a request that was sent.
     *
     * @throws IllegalStateException if there is one and the request will not end by itself
     */
    void requireNone() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ZERO)) {
            DeadLetter letter;
            try {
                letter = codec.decode(record.value());
            } catch (WireFormatException e) {
                continue;
            }
            String origin = origin(letter.getTopic(), letter.getPartition(), letter.getOffset());
            if (letter.getRequestId() == null && sent.contains(origin)) {
                throw new IllegalStateException(
                        "the job could not read the request at %s (%s): %s"
                                .formatted(origin, letter.getReason(), letter.getDetail()));
            }
        }
    }

    private static String origin(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
