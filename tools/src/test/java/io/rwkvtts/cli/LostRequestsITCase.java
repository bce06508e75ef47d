package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.schema.DeadLetter;
import io.rwkvtts.schema.WireCodec;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo's own requests among the dead letters of a real broker. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostRequestsITCase {

    private static final TopicPartition REQUESTS = new TopicPartition("requests", 2);

    @Test
    void testOnlyAnOwnRequestThatCannotEndIsReported() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0)) {
            Properties properties = new Properties();
            properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
            try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
                brokers.createTopics(List.of("dead"), 2);
            }
            try (LostRequests lost = new LostRequests(properties, "dead");
                    KafkaProducer<byte[], byte[]> producer =
                            new KafkaProducer<>(
                                    properties,
                                    new ByteArraySerializer(),
                                    new ByteArraySerializer())) {
                lost.sent(new RecordMetadata(REQUESTS, 7, 0, 0, 0, 0));
                lost.sent(new RecordMetadata(REQUESTS, 8, 0, 0, 0, 0));
                write(producer, letter(6, null));
                write(producer, letter(7, "it-ends-by-itself"));
                write(producer, letter(8, null));

                Throwable[] fault = {null};
                await().until(() -> (fault[0] = catchThrowable(lost::requireNone)) != null);

                assertThat(fault[0])
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll("requests-2@8", "undecodable", "no schema");
            }
        }
    }

    private static DeadLetter letter(long offset, String requestId) {
        return DeadLetter.newBuilder()
                .setReason("undecodable")
                .setDetail("no schema")
                .setRequestId(requestId)
                .setTopic(REQUESTS.topic())
                .setPartition(REQUESTS.partition())
                .setOffset(offset)
                .setTimestamp(0)
                .build();
    }

    private static void write(KafkaProducer<byte[], byte[]> producer, DeadLetter letter)
            throws Exception {
        byte[] value = WireCodec.deadLetters().encode(letter);
        producer.send(new ProducerRecord<>("dead", 0, null, value)).get();
    }
}
