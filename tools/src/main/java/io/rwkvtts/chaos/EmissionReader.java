package io.rwkvtts.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads every record of the token topic, committed or not. Belongs to one thread. */
final class EmissionReader implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final WireCodec<AudioTokens> codec = WireCodec.audioTokens();

    EmissionReader(KafkaSettings kafka) {
        consumer =
                new KafkaConsumer<>(
                        kafka.properties(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(kafka.topics().tokens()).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * The next records.
     *
     * @param timeout how long to wait for any
     * @throws WireFormatException if a record is not as the job writes it
     */
    List<Emission> poll(Duration timeout) throws WireFormatException {
        List<Emission> emissions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            byte[] emittedAt = record.headers().lastHeader(HeaderNames.EMITTED_AT_MS).value();
            emissions.add(
                    new Emission(
                            codec.decode(record.value()),
                            record.partition(),
                            Long.parseLong(new String(emittedAt, UTF_8)),
                            System.currentTimeMillis()));
        }
        return emissions;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
