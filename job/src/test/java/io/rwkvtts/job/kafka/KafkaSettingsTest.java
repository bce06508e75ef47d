package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSettingsTest {

    @Test
    void testDefaults() {
        KafkaSettings settings = KafkaSettings.from(new Configuration());

        assertThat(settings.bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(settings.topics().requests()).isEqualTo("tts-requests");
        assertThat(settings.topics().tokens()).isEqualTo("tts-tokens");
        assertThat(settings.topics().deadLetters()).isEqualTo("tts-dead-letters");
        assertThat(settings.delivery().guarantee()).isEqualTo(DeliveryGuarantee.AT_LEAST_ONCE);
        assertThat(settings.delivery().transactionTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.properties())
                .containsExactly(Map.entry("bootstrap.servers", "localhost:9092"));
    }

    @Test
    void testClientPropertiesArePassedOn() {
        Configuration config = new Configuration();
        config.setString("tts.kafka.bootstrap-servers", "a:1,b:2");
        config.setString("tts.kafka.properties.security.protocol", "SASL_SSL");
        config.setString("tts.kafka.properties.sasl.mechanism", "PLAIN");
        config.setString("tts.kafka.delivery-guarantee", "exactly-once");

        KafkaSettings settings = KafkaSettings.from(config);

        assertThat(settings.properties())
                .containsOnly(
                        Map.entry("bootstrap.servers", "a:1,b:2"),
                        Map.entry("security.protocol", "SASL_SSL"),
                        Map.entry("sasl.mechanism", "PLAIN"));
        assertThat(settings.delivery().guarantee()).isEqualTo(DeliveryGuarantee.EXACTLY_ONCE);
    }

    @Test
    void testFileGivesWhatTheConfigurationDoesNot(@TempDir Path directory) throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("client.properties"),
                        "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n");
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties-file", file.toString());
        config.setString("tts.kafka.properties.sasl.mechanism", "SCRAM-SHA-256");

        assertThat(KafkaSettings.from(config).properties())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-256");
    }

    /** Each client reads them on its machine, by Kafka's own means. */
    @Test
    void testSecretsOfTheFileAreReferences(@TempDir Path directory) throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("client.properties"),
                        "ssl.keystore.key=planted: a, b\nmy.passphrase=planted\nlinger.ms=3\n"
                                + "ssl.key.password=planted ${5} $\n"
                                + "partition.discovery.interval.ms=60000\n");
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties-file", file.toString());

        Properties properties = KafkaSettings.from(config).properties();

        assertThat(properties.toString()).doesNotContain("planted");
        assertThat(properties)
                .containsEntry("linger.ms", "3")
                .containsEntry("partition.discovery.interval.ms", "60000")
                .containsEntry("my.passphrase", "${tts-file:%s:my.passphrase}".formatted(file));
        AdminClientConfig client = new AdminClientConfig(properties);
        assertThat(client.getPassword("ssl.keystore.key").value()).isEqualTo("planted: a, b");
        assertThat(client.getPassword("ssl.key.password").value()).isEqualTo("planted ${5} $");
        assertThat(client.originals()).containsEntry("my.passphrase", "planted");
        Files.delete(file);
        assertThatThrownBy(() -> new AdminClientConfig(properties))
                .hasMessageContaining(file.toString());
    }

    @Test
    void testFileStandsBesideOtherProviders(@TempDir Path directory) throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("client.properties"),
                        "ssl.key.password=${env:NAME}\nssl.keystore.key=planted\n");
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties-file", file.toString());
        config.setString("tts.kafka.properties.config.providers", "env");

        assertThat(KafkaSettings.from(config).properties())
                .containsEntry("config.providers", "tts-file,env")
                .containsEntry("ssl.key.password", "${env:NAME}");
    }

    @Test
    void testFileThatCannotBeReadIsNamed(@TempDir Path directory) throws IOException {
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties-file", directory.resolve("none").toString());
        assertThatThrownBy(() -> KafkaSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tts.kafka.properties-file is " + directory);

        Path broken = Files.writeString(directory.resolve("broken"), "password=\\u00secret");
        config.setString("tts.kafka.properties-file", broken.toString());
        assertThatThrownBy(() -> KafkaSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no Java properties file")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        ",, EARLIEST",
        "auto.offset.reset, latest, LATEST",
        "auto.offset.reset, NONE, NONE"
    })
    void testOffsetResetOfTheClientsIsHonoured(String name, String value, String expected) {
        Configuration config = new Configuration();
        if (name != null) {
            config.setString("tts.kafka.properties." + name, value);
        }

        assertThat(KafkaSettings.from(config).start().initializer().getAutoOffsetResetStrategy())
                .hasToString(expected.toLowerCase(Locale.ROOT));
    }

    @Test
    void testOffsetResetBesideAnotherStartIsRefused() {
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties.auto.offset.reset", "latest");
        config.setString("tts.kafka.start-from", "earliest");

        assertThatThrownBy(() -> KafkaSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("auto.offset.reset")
                .hasMessageContaining("tts.kafka.start-from is earliest: remove one of them");
    }

    @Test
    void testTimestampThatIsNoneIsRefused() {
        Configuration config = new Configuration();
        config.setString("tts.kafka.start-from", "timestamp");
        config.setString("tts.kafka.start-timestamp", "yesterday");

        assertThatThrownBy(() -> KafkaSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tts.kafka.start-timestamp is yesterday; expected");
    }

    @Test
    void testSecretsAreNotPrinted() {
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties.sasl.jaas.config", "password=\"secret\";");
        config.setString("tts.kafka.properties.ssl.keystore.key", "secret");

        assertThat(KafkaSettings.from(config).toString())
                .contains("sasl.jaas.config", "tts-requests", "localhost:9092")
                .doesNotContain("secret");
    }

    @Test
    void testPropertiesThatAreNoMapAreNotRepeated() {
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties", "the secret");

        assertThatThrownBy(() -> KafkaSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tts.kafka.properties is no map")
                .hasNoCause()
                .hasMessageNotContaining("the secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tts.kafka.bootstrap-servers|' '|tts.kafka.bootstrap-servers is blank",
                "tts.kafka.group-id|''|tts.kafka.group-id is blank",
                "tts.kafka.requests-topic|my topic|tts.kafka.requests-topic is 'my topic'",
                "tts.kafka.tokens-topic|..|tts.kafka.tokens-topic is '..'",
                "tts.kafka.dead-letters-topic|''|tts.kafka.dead-letters-topic is ''",
                "tts.kafka.delivery-guarantee|none|expected at-least-once or exactly-once",
                "tts.kafka.delivery-guarantee|once|tts.kafka.delivery-guarantee",
                "tts.input.format|xml|tts.input.format",
                "tts.kafka.transaction-timeout|0 s|tts.kafka.transaction-timeout is PT0S",
                "tts.kafka.transaction-timeout|30 d|tts.kafka.transaction-timeout is PT720H",
                "tts.kafka.tokens-topic|tts-requests|expected four different topics",
                "tts.kafka.audio-topic|tts-tokens|expected four different topics",
                "tts.kafka.audio-topic|my topic|tts.kafka.audio-topic is 'my topic'",
                "tts.kafka.start-from|end|tts.kafka.start-from",
                "tts.kafka.start-from|timestamp|tts.kafka.start-timestamp is not set",
                "tts.kafka.start-timestamp|2026-11-20T08:30:00Z|tts.kafka.start-from is committed",
                "tts.kafka.properties.auto.offset.reset|newest|expected earliest, latest or none",
                "tts.kafka.properties.bootstrap.servers|a:1|set tts.kafka.bootstrap-servers",
                "tts.kafka.properties.group.id|g|set tts.kafka.group-id",
                "tts.kafka.properties.transactional.id|t|set tts.kafka.transactional-id-prefix",
                "tts.kafka.properties.transaction.timeout.ms|1|set tts.kafka.transaction-timeout",
                "tts.kafka.properties.enable.auto.commit|true|committed at each checkpoint",
                "tts.kafka.properties.key.serializer|X|tts.kafka.properties.key.serializer",
                "tts.kafka.properties.value.deserializer|X|see tts.input.format",
            })
    void testValueThatCannotWorkIsNamed(String key, String value, String message) {
        Configuration config = new Configuration();
        config.setString(key, value);

        assertThatThrownBy(() -> KafkaSettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
