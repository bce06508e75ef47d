package io.rwkvtts.job.kafka;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Which properties of the Kafka clients are secret, and how they stay out of Flink's configuration.
 * Flink shows its configuration on its web page, over REST and in its logs; it masks values by
 * words in their keys, and does not know all that Kafka takes for a password, such as {@code
 * ssl.keystore.key}.
 */
public final class SecretProperties {

    private static final String OPTION = KafkaOptions.CLIENT_PROPERTIES.key();

    /**
     * Properties that Kafka declares, and whether as a password, and those of Flink's connector.
     */
    private static final Map<String, Boolean> DECLARED = new TreeMap<>();

    static {
        for (ConfigDef clients :
                Set.of(
                        ProducerConfig.configDef(),
                        ConsumerConfig.configDef(),
                        AdminClientConfig.configDef())) {
            clients.configKeys()
                    .forEach(
                            (name, key) -> DECLARED.put(name, key.type == ConfigDef.Type.PASSWORD));
        }
        for (ConfigOption<?> connector :
                Set.of(
                        KafkaSourceOptions.CLIENT_ID_PREFIX,
                        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS,
                        KafkaSourceOptions.REGISTER_KAFKA_CONSUMER_METRICS,
                        KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT)) {
            DECLARED.put(connector.key(), false);
        }
    }

    private SecretProperties() {}

    /** Whether the value must not be seen: it is declared a password, or nobody knows it. */
    static boolean isSecret(String name) {
        return DECLARED.getOrDefault(name, true);
    }

    /**
     * A configuration for Flink: the given one without the properties of the Kafka clients, which
     * Flink itself needs none of.
     */
    public static Configuration without(Configuration given) {
        Map<String, String> shown = new TreeMap<>(given.toMap());
        shown.keySet().removeIf(SecretProperties::isClientProperty);
        return Configuration.fromMap(shown);
    }

    private static boolean isClientProperty(String key) {
        return key.equals(OPTION) || key.startsWith(OPTION + ".");
    }

    /**
     * Requires that a configuration which Flink shows holds no secret of the Kafka clients that
     * Flink does not mask.
     *
     * @throws IllegalArgumentException if it does; names the keys
     */
    public static void requireNoneShown(ReadableConfig shown) {
        Set<String> keys = new TreeSet<>();
        for (String key : shown.toMap().keySet()) {
            if (isClientProperty(key) && isShownSecret(key, shown)) {
                keys.add(key);
            }
        }
        if (!keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s in the configuration of the cluster is secret, and Flink shows it to everybody who reaches its web page: move it to a file that only the job's user can read, and name the file in %s"
                            .formatted(
                                    String.join(", ", keys),
                                    KafkaOptions.CLIENT_PROPERTIES_FILE.key()));
        }
    }

    /** The whole map as one value is shown as it is. */
    private static boolean isShownSecret(String key, ReadableConfig shown) {
        if (key.equals(OPTION)) {
            return shown.get(KafkaOptions.CLIENT_PROPERTIES).keySet().stream()
                    .anyMatch(SecretProperties::isSecret);
        }
        return isSecret(key.substring(OPTION.length() + 1))
                && !GlobalConfiguration.isSensitive(key);
    }
}
