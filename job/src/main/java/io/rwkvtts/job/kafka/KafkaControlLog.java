package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.ControlBatch;
import io.rwkvtts.operator.ControlLog;
import io.rwkvtts.operator.ControlPosition;
import io.rwkvtts.operator.ControlRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The control topic, read by a consumer of its own: each subtask needs all of it, and no group
 * keeps its place, which is in the checkpoint.
 *
 * <p>Owns the consumer; the first read asks which topic it is. For one thread at a time, but for
 * {@link #wakeup}.
 */
final class KafkaControlLog implements ControlLog {

    private static final Duration WAIT = Duration.ofMillis(500);

    /** Brokers are asked no longer than this, so that a task that starts or ends is not held up. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final TopicPartition partition;
    private final List<TopicPartition> partitions;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Properties clientProperties;
    private final ControlPosition start;

    /** Name and id of the topic, null before it is known. */
    private String topic;

    private boolean readBefore;

    /**
     * @param clientProperties properties of a Kafka client
     * @param name of the topic
     * @param start where to begin, if it is of this topic
     */
    KafkaControlLog(Properties clientProperties, String name, ControlPosition start) {
        this.clientProperties = clientProperties;
        this.start = start;
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // A topic that is missing would be made with the brokers' settings, which are not its own.
        properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        String timeout = Long.toString(TIMEOUT.toMillis());
        properties.setProperty(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
        properties.setProperty(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        partition = new TopicPartition(name, 0);
        partitions = List.of(partition);
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(partitions);
    }

    @Override
    public ControlBatch read() throws IOException {
        try {
            if (topic == null) {
                begin();
            }
            long askedAtMs = System.currentTimeMillis();
            long end = consumer.endOffsets(partitions).get(partition);
            long from = consumer.position(partition);
            // Of a topic that has lost its end; the consumer begins again at its beginning.
            boolean beyond = from > end;
            List<ControlRecord> records = new ArrayList<>();
            // A job that starts does not wait for what is not there.
            if (readBefore || from != end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT)) {
                    records.add(
                            new ControlRecord(
                                    record.offset(),
                                    record.timestamp(),
                                    record.key(),
                                    record.value()));
                }
            }
            readBefore = true;
            long position = consumer.position(partition);
            boolean known = !beyond && position >= end;
            return new ControlBatch(
                    records,
                    new ControlPosition(topic, position),
                    known ? askedAtMs : ControlBatch.UNKNOWN);
        } catch (KafkaException | KafkaSetupException e) {
            throw new IOException("topic %s: %s".formatted(partition.topic(), e.getMessage()), e);
        }
    }

    private void begin() {
        String found;
        try (KafkaAdmin brokers = KafkaAdmin.connect(clientProperties, TIMEOUT)) {
            found = partition.topic() + "/" + brokers.topicId(partition.topic());
        }
        if (found.equals(start.topic())) {
            consumer.seek(partition, start.offset());
        } else {
            consumer.seekToBeginning(partitions);
        }
        topic = found;
    }

    @Override
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
