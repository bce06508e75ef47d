package io.rwkvtts.job;

import io.rwkvtts.job.kafka.KafkaSettings;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Consumers for tests, without the consumer's rule. */
final class TopicConsumer {

    private TopicConsumer() {}

    /**
     * A consumer of all partitions of a topic, at its beginning.
     *
     * @param isolation {@code read_committed} or {@code read_uncommitted}
     */
    static KafkaConsumer<byte[], byte[]> open(KafkaSettings kafka, String topic, String isolation) {
        Properties properties = kafka.properties();
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
