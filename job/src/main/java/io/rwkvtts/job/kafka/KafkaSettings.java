package io.rwkvtts.job.kafka;

import io.rwkvtts.schema.InputFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The values of {@link KafkaOptions}, checked.
 *
 * @param bootstrapServers brokers to connect to first
 * @param requestsTopic topic to read text events from
 * @param inputFormat form of the records of the request topic
 * @param tokensTopic topic to write audio tokens to
 * @param audioTopic topic to write sound to, if the job makes any
 * @param deadLettersTopic topic to write what cannot be served to
 * @param groupId consumer group
 * @param start where a job without checkpoint or savepoint begins
 * @param deliveryGuarantee at-least-once or exactly-once
 * @param transactionalIdPrefix start of the transactional ids
 * @param transactionTimeout longest time a transaction may stay open
 * @param clientProperties further properties of all clients
 */
public record KafkaSettings(
        String bootstrapServers,
        String requestsTopic,
        InputFormat inputFormat,
        String tokensTopic,
        String audioTopic,
        String deadLettersTopic,
        String groupId,
        StartOffsets start,
        DeliveryGuarantee deliveryGuarantee,
        String transactionalIdPrefix,
        Duration transactionTimeout,
        Map<String, String> clientProperties) {

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    public static KafkaSettings from(ReadableConfig config) {
        Map<String, String> clientProperties = ClientProperties.from(config);
        KafkaSettings settings =
                new KafkaSettings(
                        notBlank(config, KafkaOptions.BOOTSTRAP_SERVERS),
                        topic(config, KafkaOptions.REQUESTS_TOPIC),
                        config.get(KafkaOptions.INPUT_FORMAT),
                        topic(config, KafkaOptions.TOKENS_TOPIC),
                        topic(config, KafkaOptions.AUDIO_TOPIC),
                        topic(config, KafkaOptions.DEAD_LETTERS_TOPIC),
                        notBlank(config, KafkaOptions.GROUP_ID),
                        StartOffsets.from(config, clientProperties),
                        guarantee(config),
                        notBlank(config, KafkaOptions.TRANSACTIONAL_ID_PREFIX),
                        transactionTimeout(config),
                        clientProperties);
        ProducerProperties.check(settings.clientProperties);
        List<String> topics = settings.topics(true);
        if (Set.copyOf(topics).size() < topics.size()) {
            throw new IllegalArgumentException(
                    "%s, %s, %s and %s are %s; expected four different topics"
                            .formatted(
                                    KafkaOptions.REQUESTS_TOPIC.key(),
                                    KafkaOptions.TOKENS_TOPIC.key(),
                                    KafkaOptions.AUDIO_TOPIC.key(),
                                    KafkaOptions.DEAD_LETTERS_TOPIC.key(),
                                    String.join(", ", topics)));
        }
        return settings;
    }

    /** The topics that a job reads and writes, be it one that makes sound or one that does not. */
    public List<String> topics(boolean withAudio) {
        return withAudio
                ? List.of(requestsTopic, tokensTopic, audioTopic, deadLettersTopic)
                : List.of(requestsTopic, tokensTopic, deadLettersTopic);
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
        return "KafkaSettings[%s, requests %s (%s), tokens %s, audio %s, dead letters %s, group %s, %s, %s, %s, client properties %s]"
                .formatted(
                        bootstrapServers,
                        requestsTopic,
                        inputFormat,
                        tokensTopic,
                        audioTopic,
                        deadLettersTopic,
                        groupId,
                        deliveryGuarantee,
                        transactionalIdPrefix,
                        transactionTimeout,
                        new TreeSet<>(clientProperties.keySet()));
    }

    private static String notBlank(ReadableConfig config, ConfigOption<String> option) {
        String value = config.get(option);
        if (value.isBlank()) {
            throw new IllegalArgumentException(option.key() + " is blank");
        }
        return value;
    }

    private static String topic(ReadableConfig config, ConfigOption<String> option) {
        String topic = config.get(option);
        if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
            throw new IllegalArgumentException(
                    ("%s is '%s'; expected the name of a topic: 1 to 249 of the characters a-z, A-Z,"
                                    + " 0-9, '.', '_' and '-'")
                            .formatted(option.key(), topic));
        }
        return topic;
    }

    private static DeliveryGuarantee guarantee(ReadableConfig config) {
        DeliveryGuarantee guarantee = config.get(KafkaOptions.DELIVERY_GUARANTEE);
        if (guarantee == DeliveryGuarantee.NONE) {
            throw new IllegalArgumentException(
                    "%s is none; expected at-least-once or exactly-once"
                            .formatted(KafkaOptions.DELIVERY_GUARANTEE.key()));
        }
        return guarantee;
    }

    private static Duration transactionTimeout(ReadableConfig config) {
        Duration timeout = config.get(KafkaOptions.TRANSACTION_TIMEOUT);
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0
                || timeout.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s; expected 1 s to 24 days"
                            .formatted(KafkaOptions.TRANSACTION_TIMEOUT.key(), timeout));
        }
        return timeout;
    }
}
