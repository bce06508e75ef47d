package io.rwkvtts.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.job.client.TokenListener;
import io.rwkvtts.job.kafka.Brokers;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.job.kafka.KafkaSetupException;
import io.rwkvtts.job.local.EmbeddedKafka;
import io.rwkvtts.job.local.TlsCertificate;
import io.rwkvtts.schema.TextEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job on a broker that speaks TLS only and asks for user and password. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SecuredKafkaITCase {

    private static final String PASSWORD = "correct-horse-battery";
    private static final String TEXT = "Confidential matters.";

    @TempDir private static Path directory;
    private static EmbeddedKafka kafka;
    private static TlsCertificate certificate;
    private static SpeechCluster cluster;
    private static RecordedLog log;

    @BeforeAll
    static void start() throws Exception {
        certificate = TlsCertificate.create(directory);
        log = new RecordedLog(Level.INFO);
        kafka = EmbeddedKafka.start(0, "SASL_SSL", brokerProperties());
        cluster =
                SpeechCluster.start(
                        directory, Duration.ofMillis(500), kafka, clientProperties(PASSWORD));
    }

    @AfterAll
    static void stop() {
        cluster.close();
        log.close();
    }

    private static Map<String, String> brokerProperties() {
        Map<String, String> properties = new HashMap<>();
        properties.put("ssl.keystore.location", certificate.keyStore().toString());
        properties.put("ssl.keystore.password", TlsCertificate.PASSWORD);
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.location", certificate.certificate().toString());
        properties.put("sasl.enabled.mechanisms", "PLAIN");
        properties.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        properties.put(
                "listener.name.sasl_ssl.plain.sasl.jaas.config",
                login("broker", "broker-password")
                        + " user_broker=\"broker-password\" user_tts=\"%s\";".formatted(PASSWORD));
        return properties;
    }

    private static Map<String, String> clientProperties(String password) {
        return Map.of(
                "security.protocol", "SASL_SSL",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", certificate.certificate().toString(),
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", login("tts", password) + ";");
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
                .formatted(user, password);
    }

    private static Properties client(Map<String, String> properties) {
        Properties client = new Properties();
        client.putAll(properties);
        client.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return client;
    }

    @Test
    void testJobSpeaksAndNeitherPasswordNorTextIsLogged() throws Exception {
        KafkaSettings topics = cluster.topics("secured", "exactly-once");
        TtsJob.requireKafka(topics);
        JobClient job = cluster.submit(topics);
        cluster.send(topics, "garbage", TEXT.getBytes(UTF_8));
        cluster.send(
                topics,
                event("good").build(),
                event("invalid").setAge("ancient").build(),
                event("gone").setLast(false).build(),
                event("gone").setCancel(true).build());
        try (TokenListener listener = cluster.listen(topics)) {
            assertThat(cluster.collect(listener, List.of("good", "invalid", "gone")))
                    .hasEntrySatisfying("good", s -> assertThat(s.tokens()).isNotEmpty())
                    .hasEntrySatisfying(
                            "invalid", s -> assertThat(s.finishReason()).isEqualTo("error"))
                    .hasEntrySatisfying(
                            "gone", s -> assertThat(s.finishReason()).isEqualTo("cancelled"));
        }
        job.cancel().get();

        assertThat(log.lines())
                .anyMatch(line -> line.contains("security.protocol = SASL_SSL"))
                .anyMatch(line -> line.contains("An engine with 32 slots needs"))
                .noneMatch(line -> line.contains(PASSWORD))
                .noneMatch(line -> line.contains(TlsCertificate.PASSWORD))
                .noneMatch(line -> line.contains("Confidential"));
    }

    private static TextEvent.Builder event(String id) {
        return TextEvent.newBuilder().setRequestId(id).setText(TEXT);
    }

    @Test
    void testWrongPasswordIsNamedAsSuch() {
        try (Brokers brokers = Brokers.connect(client(clientProperties("wrong-password")))) {
            assertThatThrownBy(() -> brokers.requireTopics(List.of("any")))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageStartingWith("the Kafka at " + kafka.bootstrapServers())
                    .hasMessageContaining("the login failed: Authentication failed")
                    .hasMessageContaining("user and password in sasl.jaas.config")
                    .hasMessageNotContaining("wrong-password");
        }
    }

    @Test
    void testCertificateThatIsNotTrustedIsNamedAsSuch() {
        Map<String, String> properties = new HashMap<>(clientProperties(PASSWORD));
        properties.remove("ssl.truststore.type");
        properties.remove("ssl.truststore.location");
        try (Brokers brokers = Brokers.connect(client(properties))) {
            assertThatThrownBy(() -> brokers.requireTopics(List.of("any")))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageStartingWith("the Kafka at " + kafka.bootstrapServers())
                    .hasMessageContaining("the TLS handshake failed")
                    .hasMessageContaining("Check ssl.truststore.*");
        }
    }
}
