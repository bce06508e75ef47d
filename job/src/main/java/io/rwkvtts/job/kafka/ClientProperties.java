package io.rwkvtts.job.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;

/** Further properties of the Kafka clients. They may be secret: no message repeats all of them. */
final class ClientProperties {

    /** What the job sets itself, and the option for it. */
    private static final Map<String, String> OVERRIDDEN =
            Map.of(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                    "set " + KafkaOptions.BOOTSTRAP_SERVERS.key(),
                    CommonClientConfigs.GROUP_ID_CONFIG,
                    "set " + KafkaOptions.GROUP_ID.key(),
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                    "set " + KafkaOptions.TRANSACTIONAL_ID_PREFIX.key(),
                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                    "set " + KafkaOptions.TRANSACTION_TIMEOUT.key(),
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                    "offsets are committed at each checkpoint",
                    ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                    "the job has its own",
                    ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                    "the job has its own",
                    ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                    "the job has its own",
                    ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                    "see " + KafkaOptions.INPUT_FORMAT.key());

    private ClientProperties() {}

    /**
     * The properties of the file, and over them those of the configuration. Secrets of the file are
     * references to it, see {@link PropertiesFile}.
     *
     * @throws IllegalArgumentException if the file cannot be read, the option is no map, or the job
     *     would override a property
     */
    static Map<String, String> from(ReadableConfig config) {
        Map<String, String> properties = new HashMap<>();
        config.getOptional(KafkaOptions.CLIENT_PROPERTIES_FILE)
                .ifPresent(file -> properties.putAll(PropertiesFile.read(file)));
        inConfiguration(config).forEach((name, value) -> add(properties, name, value));
        requireNoneOverridden(properties);
        return Map.copyOf(properties);
    }

    private static void requireNoneOverridden(Map<String, String> properties) {
        for (String name : new TreeSet<>(properties.keySet())) {
            String instead = OVERRIDDEN.get(name);
            if (instead != null) {
                throw new IllegalArgumentException(
                        "%s would be ignored, since the job sets it itself: %s. Remove it"
                                .formatted(place(name), instead));
            }
        }
    }

    /** The configuration wins, except that the file needs its provider beside others. */
    private static void add(Map<String, String> properties, String name, String value) {
        if (name.equals(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
            properties.merge(name, value, (own, others) -> own + "," + others);
        } else {
            properties.put(name, value);
        }
    }

    /** Where a property can stand, for errors. */
    static String place(String name) {
        return "the property %s of the Kafka clients (%s.%1$s or the file of %s)"
                .formatted(
                        name,
                        KafkaOptions.CLIENT_PROPERTIES.key(),
                        KafkaOptions.CLIENT_PROPERTIES_FILE.key());
    }

    private static Map<String, String> inConfiguration(ReadableConfig config) {
        Optional<Map<String, String>> properties;
        try {
            properties = config.getOptional(KafkaOptions.CLIENT_PROPERTIES);
        } catch (IllegalArgumentException e) {
            // Without the cause, which repeats the value.
            throw new IllegalArgumentException(
                    "%s is no map (its value is not shown, it may be secret); expected %1$s.NAME: VALUE for each property"
                            .formatted(KafkaOptions.CLIENT_PROPERTIES.key()));
        }
        return properties.orElse(Map.of());
    }
}
