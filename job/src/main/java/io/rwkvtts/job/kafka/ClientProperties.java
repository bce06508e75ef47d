package io.rwkvtts.job.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.common.config.AbstractConfig;

/** Further properties of the Kafka clients. They may be secret: no message repeats all of them. */
final class ClientProperties {

    private ClientProperties() {}

    /**
     * The properties of the file, and over them those of the configuration. Secrets of the file are
     * references to it, see {@link PropertiesFile}.
     *
     * @throws IllegalArgumentException if the file cannot be read or the option is no map
     */
    static Map<String, String> from(ReadableConfig config) {
        Map<String, String> properties = new HashMap<>();
        config.getOptional(KafkaOptions.CLIENT_PROPERTIES_FILE)
                .ifPresent(file -> properties.putAll(PropertiesFile.read(file)));
        inConfiguration(config).forEach((name, value) -> add(properties, name, value));
        return Map.copyOf(properties);
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
