package io.rwkvtts.job.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.configuration.ReadableConfig;

/** Further properties of the Kafka clients. They may be secret: no message repeats a value. */
final class ClientProperties {

    private ClientProperties() {}

    /**
     * The properties of the file, and over them those of the configuration.
     *
     * @throws IllegalArgumentException if the file cannot be read or the option is no map
     */
    static Map<String, String> from(ReadableConfig config) {
        Map<String, String> properties = new HashMap<>();
        config.getOptional(KafkaOptions.CLIENT_PROPERTIES_FILE)
                .ifPresent(file -> properties.putAll(read(file)));
        properties.putAll(inConfiguration(config));
        return Map.copyOf(properties);
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

    private static Map<String, String> read(String file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s is %s, which cannot be read: %s"
                            .formatted(KafkaOptions.CLIENT_PROPERTIES_FILE.key(), file, e),
                    e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is %s, which is no Java properties file in UTF-8"
                            .formatted(KafkaOptions.CLIENT_PROPERTIES_FILE.key(), file));
        }
        Map<String, String> read = new HashMap<>();
        properties.stringPropertyNames().forEach(n -> read.put(n, properties.getProperty(n)));
        return read;
    }
}
