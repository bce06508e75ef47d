package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretPropertiesTest {

    @Test
    void testFlinkGetsAllButTheClientsProperties() {
        Configuration given =
                Configuration.fromMap(
                        Map.of(
                                "tts.kafka.properties.ssl.keystore.key", "planted",
                                "tts.kafka.properties-file", "file",
                                "tts.slots", "4"));

        assertThat(SecretProperties.without(given).toMap())
                .containsOnly(
                        Map.entry("tts.kafka.properties-file", "file"),
                        Map.entry("tts.slots", "4"));
        assertThat(given.toMap()).hasSize(3);
    }

    @Test
    void testFlinkDoesNotGetTheClientsPropertiesAsOneValueEither() {
        Configuration given =
                Configuration.fromMap(Map.of("tts.kafka.properties", "ssl.keystore.key:planted"));

        assertThat(SecretProperties.without(given).toMap()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "tts.kafka.properties.ssl.keystore.key, planted",
        "tts.kafka.properties.ssl.truststore.certificates, planted",
        "tts.kafka.properties.sasl.oauthbearer.assertion.private.key.passphrase, planted",
        "tts.kafka.properties.interceptor.key, planted",
        "tts.kafka.properties, sasl.jaas.config:planted",
    })
    void testSecretThatAClusterShowsIsRefused(String key, String value) {
        Configuration cluster = Configuration.fromMap(Map.of(key, value));

        assertThatThrownBy(() -> SecretProperties.requireNoneShown(cluster))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + " in the configuration of the cluster")
                .hasMessageContaining("tts.kafka.properties-file")
                .hasMessageNotContaining("planted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tts.kafka.properties.sasl.jaas.config",
                "tts.kafka.properties.ssl.key.password",
                "tts.kafka.properties.security.protocol",
                "tts.kafka.properties.ssl.truststore.location",
                "tts.kafka.properties.partition.discovery.interval.ms",
                "env.java.opts.all"
            })
    void testWhatFlinkMasksOrMayShowIsTaken(String key) {
        Configuration cluster = Configuration.fromMap(Map.of(key, "value"));

        assertThatCode(() -> SecretProperties.requireNoneShown(cluster)).doesNotThrowAnyException();
    }
}
