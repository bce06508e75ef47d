package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.local.LoopbackPorts;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaAdminITCase {

    @AutoClose private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
    }

    @Test
    void testMissingTopicIsNamed() {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties(kafka.bootstrapServers()))) {
            brokers.createTopics(List.of("there"), 2);

            assertThatThrownBy(() -> brokers.requireTopics(List.of("there", "absent")))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("topic absent does not exist")
                    .hasMessageContaining(
                            "kafka-topics.sh --bootstrap-server %s --create --topic absent"
                                    .formatted(kafka.bootstrapServers()));
        }
    }

    @Test
    void testCreatedTopicsAreThere() {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties(kafka.bootstrapServers()))) {
            brokers.createTopics(List.of("one", "two"), 3);
            brokers.createTopics(List.of("one", "two"), 3);

            assertThatCode(() -> brokers.requireTopics(List.of("one", "two")))
                    .doesNotThrowAnyException();
        }
    }

    /** A producer that is sent to a partition without a leader is stuck with it. */
    @Test
    void testLeadersOfAllPartitionsHaveAnsweredForNewTopicsAndOld() {
        Set<TopicPartition> answered = new HashSet<>();
        Admin admin =
                new ForwardingAdmin(config(kafka.bootstrapServers())) {
                    @Override
                    public ListOffsetsResult listOffsets(
                            Map<TopicPartition, OffsetSpec> ends, ListOffsetsOptions options) {
                        ListOffsetsResult answers = super.listOffsets(ends, options);
                        ends.keySet()
                                .forEach(
                                        partition ->
                                                answers.partitionResult(partition)
                                                        .thenApply(end -> answered.add(partition)));
                        return answers;
                    }
                };
        try (KafkaAdmin brokers =
                new KafkaAdmin(kafka.bootstrapServers(), admin, Duration.ofSeconds(10))) {
            brokers.createTopics(List.of("led-1"), 2);
            brokers.createTopics(List.of("led-1", "led-2"), 3);
        }
        assertThat(answered)
                .containsExactlyInAnyOrder(
                        new TopicPartition("led-1", 0),
                        new TopicPartition("led-1", 1),
                        new TopicPartition("led-2", 0),
                        new TopicPartition("led-2", 1),
                        new TopicPartition("led-2", 2));
    }

    @Test
    void testPartitionWithoutALeaderIsNamed() {
        TopicPartition orphan = new TopicPartition("led-by-none", 1);
        KafkaFutureImpl<ListOffsetsResultInfo> never = new KafkaFutureImpl<>();
        never.completeExceptionally(new TimeoutException("Call(callName=listOffsets) timed out"));
        Admin admin =
                new ForwardingAdmin(config(kafka.bootstrapServers())) {
                    @Override
                    public ListOffsetsResult listOffsets(
                            Map<TopicPartition, OffsetSpec> ends, ListOffsetsOptions options) {
                        ListOffsetsResult answers = super.listOffsets(ends, options);
                        return new ListOffsetsResult(Map.of()) {
                            @Override
                            public KafkaFuture<ListOffsetsResultInfo> partitionResult(
                                    TopicPartition partition) {
                                return partition.equals(orphan)
                                        ? never
                                        : answers.partitionResult(partition);
                            }
                        };
                    }
                };
        try (KafkaAdmin brokers =
                new KafkaAdmin(kafka.bootstrapServers(), admin, Duration.ofSeconds(10))) {
            assertThatThrownBy(() -> brokers.createTopics(List.of("led-by-none"), 3))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("partition 1 of topic led-by-none has no leader")
                    .hasMessageContaining("within 10 s")
                    .hasMessageContaining("--describe --topic led-by-none");
        }
    }

    @Test
    void testTopicNameThatKafkaRefusesIsExplained() {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties(kafka.bootstrapServers()))) {
            assertThatThrownBy(() -> brokers.createTopics(List.of("my topic"), 1))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("refused topic my topic: ");
        }
    }

    @Test
    void testTransactionTimeoutThatTheBrokersRefuseIsNamed() {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties(kafka.bootstrapServers()))) {
            assertThatCode(() -> brokers.requireTransactionTimeout(Duration.ofMinutes(15)))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> brokers.requireTransactionTimeout(Duration.ofMinutes(16)))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("tts.kafka.transaction-timeout is 960000 ms")
                    .hasMessageContaining("at most 900000 ms (transaction.max.timeout.ms)");
        }
    }

    @Test
    void testBrokerThatIsNotThereIsNamed() {
        String nobody = "127.0.0.1:" + LoopbackPorts.choose(0, "port");

        long start = System.nanoTime();
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties(nobody), Duration.ofSeconds(2))) {
            assertThatThrownBy(() -> brokers.requireTopics(List.of("any")))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("no Kafka broker answers at " + nobody + " within 2 s");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void testAddressThatIsNoneIsNamed() {
        assertThatThrownBy(() -> KafkaAdmin.connect(properties("localhost")))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("bootstrap servers localhost: Invalid url");
        assertThatThrownBy(() -> KafkaAdmin.connect(properties("no-such-host.invalid:9092")))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("no-such-host.invalid:9092");
    }

    private static Map<String, Object> config(String bootstrapServers) {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    private static Properties properties(String bootstrapServers) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        return properties;
    }
}
