package io.rwkvtts.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.RecordedLog;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.job.kafka.KafkaSetupException;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.local.TlsCertificate;
import io.rwkvtts.schema.TextEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job on a broker that accepts TLS only and asks for user and password. */
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
        log = new RecordedLog(Level.DEBUG);
        kafka = EmbeddedKafka.start(0, "SASL_SSL", brokerProperties());
        cluster =
                SpeechCluster.start(
                        directory,
                        Duration.ofMillis(500),
                        kafka,
                        clientProperties("PLAIN", PASSWORD));
        addScramUsers();
    }

    @AfterAll
    static void stop() {
        try (RecordedLog recorded = log) {
            if (cluster != null) {
                cluster.close();
            } else if (kafka != null) {
                kafka.close();
            }
        }
    }

    private static void addScramUsers() throws Exception {
        try (Admin admin = Admin.create(client(clientProperties("PLAIN", PASSWORD)))) {
            for (String mechanism : List.of("SCRAM-SHA-256", "SCRAM-SHA-512")) {
                ScramCredentialInfo info =
                        new ScramCredentialInfo(ScramMechanism.fromMechanismName(mechanism), 4_096);
                // Not both at once: a request may name a user once only.
                admin.alterUserScramCredentials(
                                List.of(new UserScramCredentialUpsertion("tts", info, PASSWORD)))
                        .all()
                        .get();
            }
        }
    }

    private static Map<String, String> brokerProperties() {
        Map<String, String> properties = new HashMap<>();
        properties.put("ssl.keystore.location", certificate.keyStore().toString());
        properties.put("ssl.keystore.password", TlsCertificate.PASSWORD);
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.location", certificate.certificate().toString());
        properties.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
        properties.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        properties.put(
                "listener.name.sasl_ssl.plain.sasl.jaas.config",
                login("PLAIN", "broker", "broker-password")
                        + " user_broker=\"broker-password\" user_tts=\"%s\";".formatted(PASSWORD));
        for (String mechanism : List.of("scram-sha-256", "scram-sha-512")) {
            properties.put(
                    "listener.name.sasl_ssl." + mechanism + ".sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        }
        return properties;
    }

    private static Map<String, String> clientProperties(String mechanism, String password) {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                certificate.certificate().toString(),
                "sasl.mechanism",
                mechanism,
                "sasl.jaas.config",
                login(mechanism, "tts", password) + ";");
    }

    private static String login(String mechanism, String user, String password) {
        String module =
                mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\""
                .formatted(module, user, password);
    }

    private static Properties client(Map<String, String> properties) {
        Properties client = new Properties();
        client.putAll(properties);
        client.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512"})
    void testJobGeneratesAndNeitherPasswordNorTextIsLogged(String mechanism) throws Exception {
        KafkaSettings topics =
                cluster.topics(
                        "secured-" + mechanism,
                        "exactly-once",
                        clientProperties(mechanism, PASSWORD));
        TtsJob.requireKafka(cluster.settings(topics));
        // As from the command line: in the configuration of Flink and of the job.
        Map<String, String> options = new HashMap<>();
        clientProperties(mechanism, PASSWORD)
                .forEach((name, value) -> options.put("tts.kafka.properties." + name, value));
        JobClient job = cluster.submit(topics, options, UnaryOperator.identity(), null);
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
                .anyMatch(line -> line.contains("An engine of 32 slots in this process"))
                .anyMatch(line -> line.startsWith("DEBUG org.apache.kafka.clients"))
                .anyMatch(line -> line.startsWith("DEBUG org.apache.flink"))
                .noneMatch(line -> line.contains(PASSWORD))
                .noneMatch(line -> line.contains("broker-password"))
                .noneMatch(line -> line.contains(TlsCertificate.PASSWORD))
                .noneMatch(line -> line.contains("Confidential") && !line.startsWith("DEBUG"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void testRightPasswordIsTaken(String mechanism) {
        Properties client = client(clientProperties(mechanism, PASSWORD));
        try (KafkaAdmin brokers = KafkaAdmin.connect(client)) {
            assertThatThrownBy(() -> brokers.requireTopics(List.of("absent")))
                    .hasMessageContaining("topic absent does not exist");
        }
    }

    private static TextEvent.Builder event(String id) {
        return TextEvent.newBuilder().setRequestId(id).setText(TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    @Timeout(30)
    void testWrongPasswordIsNamedAsSuch(String mechanism) {
        Properties client = client(clientProperties(mechanism, "wrong-password"));
        try (KafkaAdmin brokers = KafkaAdmin.connect(client)) {
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
        Map<String, String> properties = new HashMap<>(clientProperties("PLAIN", PASSWORD));
        properties.remove("ssl.truststore.type");
        properties.remove("ssl.truststore.location");
        try (KafkaAdmin brokers = KafkaAdmin.connect(client(properties))) {
            assertThatThrownBy(() -> brokers.requireTopics(List.of("any")))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageStartingWith("the Kafka at " + kafka.bootstrapServers())
                    .hasMessageContaining("the TLS handshake failed")
                    .hasMessageContaining("Check ssl.truststore.*");
        }
    }
}
