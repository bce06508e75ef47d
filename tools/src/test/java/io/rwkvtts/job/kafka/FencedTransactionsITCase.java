package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.operator.ChunkPosition;
import io.rwkvtts.operator.TokenChunk;
import io.rwkvtts.schema.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Exactly-once: Kafka refuses what a process writes that was replaced. The zombie is the sink of a
 * run that continues to write after another run was restored from one of its checkpoints.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FencedTransactionsITCase {

    private static final List<String> EXPECTED =
            List.of("zombie:0", "successor:1", "successor:2", "successor:3", "successor:4");

    @AutoClose private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
    }

    @Test
    void testNothingOfAReplacedRunBecomesReadable() throws Exception {
        KafkaSettings settings = settings("fenced", "speech");
        try (SinkRun zombie = SinkRun.start(settings)) {
            zombie.write(chunk("zombie", 0));
            SinkRun.Checkpoint first = zombie.checkpoint(1);
            zombie.completed(1);
            // Sealed, but its checkpoint has not completed; and a transaction that is open.
            zombie.write(chunk("zombie", 1));
            zombie.checkpoint(2);
            zombie.write(chunk("zombie", 2));
            awaitRecords(settings.topics().tokens(), 3);

            SinkRun.Checkpoint second;
            try (SinkRun successor = SinkRun.restore(settings, first, 1)) {
                successor.write(chunk("successor", 1));
                zombie.tryTo(() -> zombie.write(chunk("zombie", 3)));
                second = successor.checkpoint(2);
                successor.completed(2);
            }
            // A barrier was on its way. Its next transaction can take an id back from the
            // successor,
            // and then the job restarts once more.
            zombie.tryTo(() -> zombie.checkpoint(3));

            try (SinkRun restarted = SinkRun.restore(settings, second, 2)) {
                for (int i = 2; i < 5; i++) {
                    restarted.write(chunk("successor", i));
                    restarted.checkpoint(i + 1);
                    restarted.completed(i + 1);
                }

                assertThat(readAll(settings.topics().tokens())).containsExactlyElementsOf(EXPECTED);
            }
        }
        // Also after all transactions have ended.
        assertThat(readAll(settings.topics().tokens())).containsExactlyElementsOf(EXPECTED);
    }

    /** Another job than the successor does not fence, and then the zombie is heard. */
    @Test
    void testRunWithAnotherPrefixDoesNotFence() throws Exception {
        KafkaSettings settings = settings("unfenced", "speech");
        try (SinkRun zombie = SinkRun.start(settings);
                SinkRun other = SinkRun.start(settings("unfenced", "other"))) {
            zombie.write(chunk("zombie", 0));
            zombie.checkpoint(1);

            other.write(chunk("other", 1));
            zombie.completed(1);
            other.checkpoint(1);
            other.completed(1);

            assertThat(readAll(settings.topics().tokens())).containsExactly("zombie:0", "other:1");
        }
    }

    private static KafkaSettings settings(String name, String prefix) {
        Configuration config = new Configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        config.set(KafkaOptions.TOKENS_TOPIC, name + "-tokens");
        config.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, name + "-" + prefix);
        config.setString(KafkaOptions.DELIVERY_GUARANTEE.key(), "exactly-once");
        KafkaSettings settings = KafkaSettings.from(config);
        try (KafkaAdmin admin = KafkaAdmin.connect(settings.properties())) {
            admin.createTopics(List.of(settings.topics().tokens()), 1);
        }
        return settings;
    }

    private static TokenChunk chunk(String id, long sequence) {
        return new TokenChunk(
                id,
                new ChunkPosition(sequence, 0, sequence),
                new int[] {7},
                null,
                "model",
                null,
                0,
                0,
                null);
    }

    /** Waits until that many records are in the log, committed or not. */
    private static void awaitRecords(String topic, int count) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted", topic)) {
            int read = 0;
            while (read < count) {
                read += consumer.poll(Duration.ofMillis(100)).count();
            }
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String isolation, String topic) {
        Properties properties = new Properties();
        properties.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    /** All that a consumer of committed records can read; nothing of an open transaction. */
    private static List<String> readAll(String topic) throws Exception {
        List<String> records = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed", topic)) {
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    var tokens = WireCodec.audioTokens().decode(record.value());
                    records.add(tokens.getRequestId() + ":" + tokens.getSequence());
                }
            }
        }
        return records;
    }
}
