package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.job.local.EmbeddedKafka;
import io.rwkvtts.job.local.LoopbackPorts;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BrokersITCase {

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void testMissingTopicIsNamed() {
        try (Brokers brokers = Brokers.connect(properties(kafka.bootstrapServers()))) {
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
        try (Brokers brokers = Brokers.connect(properties(kafka.bootstrapServers()))) {
            brokers.createTopics(List.of("one", "two"), 3);
            brokers.createTopics(List.of("one", "two"), 3);

            assertThatCode(() -> brokers.requireTopics(List.of("one", "two")))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void testTopicNameThatKafkaRefusesIsExplained() {
        try (Brokers brokers = Brokers.connect(properties(kafka.bootstrapServers()))) {
            assertThatThrownBy(() -> brokers.createTopics(List.of("my topic"), 1))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("refused topic my topic: ");
        }
    }

    @Test
    void testTransactionTimeoutThatTheBrokersRefuseIsNamed() {
        try (Brokers brokers = Brokers.connect(properties(kafka.bootstrapServers()))) {
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
        try (Brokers brokers = Brokers.connect(properties(nobody), Duration.ofSeconds(2))) {
            assertThatThrownBy(() -> brokers.requireTopics(List.of("any")))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("no Kafka broker answers at " + nobody + " within 2 s");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void testAddressThatIsNoneIsNamed() {
        assertThatThrownBy(() -> Brokers.connect(properties("localhost")))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("bootstrap servers localhost: Invalid url");
        assertThatThrownBy(() -> Brokers.connect(properties("no-such-host.invalid:9092")))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("no-such-host.invalid:9092");
    }

    private static Properties properties(String bootstrapServers) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        return properties;
    }
}
