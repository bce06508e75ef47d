package io.rwkvtts.cli;

import io.rwkvtts.job.kafka.KafkaAdmin;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options of a command that talks to a given Kafka. */
final class KafkaConnection {

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9092",
            description = "Kafka brokers (default: ${DEFAULT-VALUE})")
    private String bootstrapServers;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "property of the Kafka client, such as security.protocol=SASL_SSL")
    private Map<String, String> clientProperties = new TreeMap<>();

    /** Properties for a Kafka client, a new object. */
    Properties properties() {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty("bootstrap.servers", bootstrapServers);
        return properties;
    }

    /**
     * Requires that the brokers answer and the topic exists.
     *
     * @throws io.rwkvtts.job.kafka.KafkaSetupException if not
     */
    void require(String topic) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties())) {
            brokers.requireTopics(List.of(topic));
        }
    }
}
