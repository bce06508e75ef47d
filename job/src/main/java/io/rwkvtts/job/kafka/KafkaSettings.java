package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.OptionChecks;
import io.rwkvtts.schema.InputFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The values of {@link KafkaOptions}, checked.
 *
 * @param bootstrapServers brokers to connect to first
 * @param topics what is read and written
 * @param inputFormat form of the records of the request topic
 * @param groupId consumer group
 * @param start where a job without checkpoint or savepoint begins
 * @param delivery how records are written
 * @param clientProperties further properties of all clients
 */
public record KafkaSettings(
        String bootstrapServers,
        KafkaTopics topics,
        InputFormat inputFormat,
        String groupId,
        StartOffsets start,
        DeliverySettings delivery,
        Map<String, String> clientProperties) {

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    public static KafkaSettings from(ReadableConfig config) {
        Map<String, String> clientProperties = ClientProperties.from(config);
        ProducerProperties.check(clientProperties);
        return new KafkaSettings(
                OptionChecks.notBlank(config, KafkaOptions.BOOTSTRAP_SERVERS),
                KafkaTopics.from(config),
                config.get(KafkaOptions.INPUT_FORMAT),
                OptionChecks.notBlank(config, KafkaOptions.GROUP_ID),
                StartOffsets.from(config, clientProperties),
                DeliverySettings.from(config),
                clientProperties);
    }

    /** Properties for any Kafka client: the further ones and the brokers, a new object. */
    public Properties properties() {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return properties;
    }

    /** Without the values of the client properties, among which are passwords. */
    @Override
    public String toString() {
        return "KafkaSettings[%s, requests %s (%s), tokens %s, audio %s, dead letters %s, control %s, group %s, %s, %s, %s, client properties %s]"
                .formatted(
                        bootstrapServers,
                        topics.requests(),
                        inputFormat,
                        topics.tokens(),
                        topics.audio(),
                        topics.deadLetters(),
                        topics.control(),
                        groupId,
                        delivery.guarantee(),
                        delivery.transactionalIdPrefix(),
                        delivery.transactionTimeout(),
                        new TreeSet<>(clientProperties.keySet()));
    }
}
