package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.RejectedRecord;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink of the dead letters: {@link DeadLetterWriter}s in the operators of the connector's sink,
 * so that savepoints which were taken with that one are restored.
 */
final class DeadLetterSink extends GuardedSink<RejectedRecord> {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSink.class);

    private static final long serialVersionUID = 1L;

    private final Properties properties;
    private final DeadLetterSerializer serializer;
    private final String topic;

    private DeadLetterSink(Properties properties, DeadLetterSerializer serializer, String topic) {
        super(
                KafkaSink.<RejectedRecord>builder()
                        .setKafkaProducerConfig(properties)
                        .setRecordSerializer(serializer)
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .build(),
                topic);
        this.properties = properties;
        this.serializer = serializer;
        this.topic = topic;
    }

    /**
     * A sink for a topic.
     *
     * @param properties of the producer
     */
    static DeadLetterSink to(String topic, Properties properties) {
        return new DeadLetterSink(properties, new DeadLetterSerializer(topic), topic);
    }

    @Override
    public StatefulSinkWriter<RejectedRecord, KafkaWriterState> restoreWriter(
            WriterInitContext context, Collection<KafkaWriterState> state) {
        serializer.open(context.asSerializationSchemaInitializationContext(), null);
        return new DeadLetterWriter(
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer()),
                serializer,
                this::maxMessageBytes,
                context.getMailboxExecutor(),
                context.metricGroup());
    }

    /** The topic's limit as it stands now. */
    private OptionalInt maxMessageBytes() {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            return brokers.topicConfig(topic)
                    .map(config -> config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value())
                    .map(bytes -> OptionalInt.of(Integer.parseInt(bytes)))
                    .orElse(OptionalInt.empty());
        } catch (KafkaSetupException e) {
            LOG.warn("The limit of topic {} is not known: {}", topic, e.getMessage());
            return OptionalInt.empty();
        }
    }
}
