package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.operator.ControlBatch;
import io.rwkvtts.operator.ControlLog;
import io.rwkvtts.operator.ControlPosition;
import io.rwkvtts.operator.ControlRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KafkaControlLogITCase {

    @AutoClose private static EmbeddedKafka kafka;
    private static Properties properties;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0, "PLAINTEXT", Map.of("auto.create.topics.enable", "true"));
        properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
    }

    private static ControlTopic create(String name) {
        ControlTopic topic = new ControlTopic(name);
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            topic.create(brokers);
        }
        return topic;
    }

    /** Writes records that say they are of the year 1970. */
    private static void write(ControlTopic topic, String... values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String value : values) {
                producer.send(
                                new ProducerRecord<>(
                                        topic.name(),
                                        null,
                                        1L,
                                        "key".getBytes(UTF_8),
                                        value.getBytes(UTF_8)))
                        .get();
            }
        }
    }

    private static List<String> values(List<ControlRecord> records) {
        return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    @Test
    void testEmptyTopicIsKnownAtOnce() throws Exception {
        long before = System.currentTimeMillis();
        try (ControlLog log = create("empty").open(properties, ControlPosition.START)) {
            ControlBatch batch = log.read();
            assertThat(batch.records()).isEmpty();
            assertThat(batch.position().offset()).isZero();
            assertThat(batch.knownUntilMs()).isGreaterThanOrEqualTo(before);
        }
    }

    @Test
    void testAllIsReadFromWhereItWasLeft() throws Exception {
        ControlTopic topic = create("read");
        long before = System.currentTimeMillis();
        write(topic, "0", "1", "2");
        ControlPosition position;
        try (ControlLog log = topic.open(properties, ControlPosition.START)) {
            List<ControlRecord> records = new ArrayList<>();
            ControlBatch batch;
            do {
                batch = log.read();
                records.addAll(batch.records());
            } while (batch.knownUntilMs() == ControlBatch.UNKNOWN);
            assertThat(values(records)).containsExactly("0", "1", "2");
            assertThat(records)
                    .as("the broker's time")
                    .allMatch(record -> record.timestampMs() >= before);
            position = batch.position();
            assertThat(position.offset()).isEqualTo(3);
        }
        write(topic, "3");
        try (ControlLog log = topic.open(properties, position)) {
            assertThat(values(log.read().records())).containsExactly("3");
        }
    }

    /** A job that continues from a checkpoint where somebody has created the topic again. */
    @Test
    void testTopicThatWasMadeAnewIsReadFromItsBeginning() throws Exception {
        ControlTopic topic = create("again");
        write(topic, "old", "older");
        ControlPosition position;
        try (ControlLog log = topic.open(properties, ControlPosition.START)) {
            position = log.read().position();
        }
        try (Admin admin = Admin.create(properties)) {
            admin.deleteTopics(List.of(topic.name())).all().get();
        }
        create("again");
        write(topic, "0", "1", "2");
        try (ControlLog log = topic.open(properties, position)) {
            List<ControlRecord> records = new ArrayList<>();
            ControlBatch batch = null;
            while (records.size() < 3) {
                batch = log.read();
                records.addAll(batch.records());
            }
            assertThat(values(records)).containsExactly("0", "1", "2");
            assertThat(batch.position().topic()).isNotEqualTo(position.topic());
        }
    }

    /** As after the election of a replica that had not all: what is there is read again. */
    @Test
    void testTopicThatLostItsEndIsReadFromItsBeginning() throws Exception {
        ControlTopic topic = create("lost");
        write(topic, "0");
        ControlPosition beyond;
        try (ControlLog log = topic.open(properties, ControlPosition.START)) {
            beyond = new ControlPosition(log.read().position().topic(), 1_000);
        }
        try (ControlLog log = topic.open(properties, beyond)) {
            List<ControlRecord> records = new ArrayList<>();
            while (records.isEmpty()) {
                records.addAll(log.read().records());
            }
            assertThat(values(records)).containsExactly("0");
        }
    }

    @Test
    void testReadingEndsWhenItIsToldTo() throws Exception {
        try (ControlLog log = create("ended").open(properties, ControlPosition.START)) {
            log.read();
            log.wakeup();
            assertThatThrownBy(log::read).isInstanceOf(IOException.class);
        }
    }

    /** What compaction leaves may decide otherwise than all records did. */
    @Test
    void testCompactedTopicIsRefused() {
        create("kept");
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            new ControlTopic("kept").require(brokers);
            brokers.createTopics(
                    List.of("compacted"),
                    1,
                    Map.of(
                            "cleanup.policy", "compact",
                            "message.timestamp.type", "LogAppendTime"));
            assertThatThrownBy(() -> new ControlTopic("compacted").require(brokers))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("cleanup.policy=compact, expected delete")
                    .hasMessageContaining("--config retention.ms=-1");
        }
    }

    /** It would come back with the brokers' settings, and forget what is old. */
    @Test
    void testTopicThatIsDeletedIsNotMadeAgain() throws Exception {
        ControlTopic topic = create("deleted");
        try (ControlLog log = topic.open(properties, ControlPosition.START);
                Admin admin = Admin.create(properties)) {
            log.read();
            admin.deleteTopics(List.of(topic.name())).all().get();
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    log.read();
                                }
                            })
                    .isInstanceOf(IOException.class);
            assertThat(admin.listTopics().names().get()).doesNotContain(topic.name());
        }
    }
}
