package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.ControlLog;
import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.operator.SourceRecord;
import io.rwkvtts.operator.TokenChunk;
import io.rwkvtts.operator.audio.PcmChunk;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Source and sinks of the job. */
public final class KafkaConnectors {

    private KafkaConnectors() {}

    /**
     * Reads the request topic from where the settings start. Each Kafka record gives exactly one
     * {@link SourceRecord}.
     */
    public static KafkaSource<SourceRecord> requests(KafkaSettings settings) {
        return KafkaSource.<SourceRecord>builder()
                .setProperties(settings.properties())
                .setTopics(settings.topics().requests())
                .setGroupId(settings.groupId())
                .setStartingOffsets(settings.start().initializer())
                .setDeserializer(new RequestDeserializer(settings.inputFormat()))
                .build();
    }

    /**
     * To be used with {@link #requests}: no watermarks, and no timestamps either. The sinks would
     * give an output record the timestamp of its request, and Kafka deletes records by their
     * timestamps.
     */
    public static WatermarkStrategy<SourceRecord> withoutTime() {
        return WatermarkStrategy.<SourceRecord>noWatermarks()
                .withTimestampAssigner((record, kafkaTimestamp) -> Long.MIN_VALUE);
    }

    /**
     * Writes audio tokens with the delivery guarantee of the settings. At-least-once sends each
     * record at once; exactly-once commits a transaction per checkpoint, under transactional ids
     * that are used again.
     */
    public static Sink<TokenChunk> tokens(KafkaSettings settings) {
        ProducerProperties.warnOfTimeout(settings.clientProperties());
        return guarded(
                settings,
                settings.topics().tokens(),
                AudioTokensSerializer.records(settings.topics().tokens()),
                settings.delivery().transactionalIdPrefix());
    }

    /** Writes sound as {@link #tokens} are written. */
    public static Sink<PcmChunk> audio(KafkaSettings settings) {
        return guarded(
                settings,
                settings.topics().audio(),
                AudioChunkSerializer.records(settings.topics().audio()),
                settings.delivery().transactionalIdPrefix() + "-audio");
    }

    /** Reads changes of options from their topic, on each TaskManager. */
    public static ControlLog.Opener control(KafkaSettings settings) {
        Properties properties = settings.properties();
        ControlTopic topic = new ControlTopic(settings.topics().control());
        return position -> topic.open(properties, position);
    }

    private static <T> Sink<T> guarded(
            KafkaSettings settings,
            String topic,
            KafkaRecordSerializationSchema<T> serializer,
            String transactionalIdPrefix) {
        Properties properties = ProducerProperties.of(settings.properties());
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.setProperty(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Long.toString(settings.delivery().transactionTimeout().toMillis()));
        KafkaSink<T> sink =
                KafkaSink.<T>builder()
                        .setKafkaProducerConfig(properties)
                        .setRecordSerializer(serializer)
                        .setDeliveryGuarantee(settings.delivery().guarantee())
                        .setTransactionalIdPrefix(transactionalIdPrefix)
                        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                        .build();
        return new GuardedSink<>(sink, topic);
    }

    /** Writes dead letters, always at least once: a letter should not wait for a checkpoint. */
    public static Sink<RejectedRecord> deadLetters(KafkaSettings settings) {
        return DeadLetterSink.to(
                settings.topics().deadLetters(), ProducerProperties.of(settings.properties()));
    }
}
