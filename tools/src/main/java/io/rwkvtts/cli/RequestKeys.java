package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The keys of the topic of requests, which are the ids of the requests in whatever format the
 * records are: those written from now on. Owns the consumer. For one thread.
 */
final class RequestKeys implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * Connects.
     *
     * @param properties of a Kafka client
     * @param topic of requests; exists
     */
    RequestKeys(Properties properties, String topic) {
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** The keys that have come; records without one are left out. */
    List<String> poll() {
        List<String> keys = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ZERO)) {
            if (record.key() != null) {
                keys.add(new String(record.key(), UTF_8));
            }
        }
        return keys;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
