package io.rwkvtts.job.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * A file with properties of the Kafka clients. What is secret in it stays there: the properties
 * refer to it by Kafka's own {@link FileConfigProvider}, and each client reads it where it runs.
 * Neither the configuration of the job nor its graph holds it.
 */
final class PropertiesFile {

    /** Name of the provider in references. */
    private static final String PROVIDER = "tts-file";

    private static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG;

    private PropertiesFile() {}

    /**
     * The properties of a file, with references in place of what is secret.
     *
     * @throws IllegalArgumentException if the file can't be read, or not be referred to; names it
     */
    static Map<String, String> read(String file) {
        String path = Path.of(file).toAbsolutePath().toString();
        if (path.contains(":") || path.contains("}")) {
            throw new IllegalArgumentException(
                    "%s is %s: Kafka can't refer to a path with ':' or '}'; rename it"
                            .formatted(KafkaOptions.CLIENT_PROPERTIES_FILE.key(), path));
        }
        Properties properties = load(file);
        Map<String, String> read = new HashMap<>();
        for (String name : properties.stringPropertyNames()) {
            String value = properties.getProperty(name);
            // A value with a reference is no secret, and references in references are not followed.
            boolean hidden = SecretProperties.isSecret(name) && !isReference(name, value);
            read.put(name, hidden ? "${%s:%s:%s}".formatted(PROVIDER, path, name) : value);
        }
        read.merge(PROVIDERS, PROVIDER, (others, own) -> others + "," + own);
        read.put(PROVIDERS + "." + PROVIDER + ".class", FileConfigProvider.class.getName());
        return read;
    }

    private static boolean isReference(String name, String value) {
        return name.startsWith(PROVIDERS)
                || ConfigTransformer.DEFAULT_PATTERN.matcher(value).find();
    }

    private static Properties load(String file) {
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
        return properties;
    }
}
