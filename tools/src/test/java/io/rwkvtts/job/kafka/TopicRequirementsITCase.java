package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.local.EmbeddedKafka;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRequirementsITCase {

    private static final int CHUNK_TOKENS = 25;

    @AutoClose private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
    }

    @Test
    void testTopicsWithTheBrokersDefaultsAreTaken() throws Exception {
        KafkaSettings settings = topics("usual", "", Map.of());

        assertThatCode(() -> check(settings)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "requests|compact",
                "tokens|compact",
                "dead-letters|compact",
                "requests|compact,delete",
                "tokens|compact,delete",
                "dead-letters|delete,compact",
            })
    void testCompactedTopicIsRefused(String role, String policy) throws Exception {
        String name = policy.replace(',', '-') + "-" + role;
        KafkaSettings settings = topics(name, role, Map.of("cleanup.policy", policy));

        assertThatThrownBy(() -> check(settings))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("topic %s-%s has cleanup.policy=".formatted(name, role))
                .hasMessageContaining("compact")
                .hasMessageContaining("--topic %s-%s --add-config".formatted(name, role))
                .hasMessageContaining("cleanup.policy=delete");
    }

    @Test
    void testSizeThatIsNoNumberIsRefusedByName() throws Exception {
        Configuration config = config("no-number");
        config.setString("tts.kafka.properties.max.request.size", "2m");

        assertThatThrownBy(() -> check(KafkaSettings.from(config)))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("tts.kafka.properties.max.request.size")
                .hasMessageContaining("is 2m, expected a number of bytes");
    }

    @ParameterizedTest
    @CsvSource({"tokens, 300", "tokens, 5000", "dead-letters, 300"})
    void testTopicWithoutRoomIsRefused(String role, int limit) throws Exception {
        String name = "small-" + role + limit;
        KafkaSettings settings =
                topics(name, role, Map.of("max.message.bytes", Integer.toString(limit)));

        assertThatThrownBy(() -> check(settings))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining(
                        "topic %s-%s has max.message.bytes=%d, but".formatted(name, role, limit))
                .hasMessageContaining("kafka-configs.sh --bootstrap-server");
    }

    @Test
    void testSmallDeadLettersAndRequestsAreTaken() throws Exception {
        Map<String, String> limit = Map.of("max.message.bytes", "5000");
        KafkaSettings letters = topics("short-letters", "dead-letters", limit);
        KafkaSettings requests = topics("short-requests", "requests", limit);

        assertThatCode(() -> check(letters)).doesNotThrowAnyException();
        assertThatCode(() -> check(requests)).doesNotThrowAnyException();
    }

    @Test
    void testProducerWithoutRoomIsRefused() throws Exception {
        topics("narrow", "", Map.of());
        Configuration config = config("narrow");
        config.setString("tts.kafka.properties.max.request.size", "300");

        assertThatThrownBy(() -> check(KafkaSettings.from(config)))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("tts.kafka.properties.max.request.size")
                .hasMessageContaining("is 300, but a token record");
    }

    @Test
    void testSettingsThatMayNotBeReadAreNotChecked() throws Exception {
        KafkaSettings settings = topics("secret", "tokens", Map.of("cleanup.policy", "compact"));
        KafkaFutureImpl<Config> denied = new KafkaFutureImpl<>();
        denied.completeExceptionally(new TopicAuthorizationException("not you"));
        Admin admin =
                new ForwardingAdmin(Map.of("bootstrap.servers", kafka.bootstrapServers())) {
                    @Override
                    public DescribeConfigsResult describeConfigs(
                            Collection<ConfigResource> resources, DescribeConfigsOptions options) {
                        return new DescribeConfigsResult(Map.of()) {
                            @Override
                            public Map<ConfigResource, KafkaFuture<Config>> values() {
                                return Map.of(resources.iterator().next(), denied);
                            }
                        };
                    }
                };
        try (KafkaAdmin brokers =
                new KafkaAdmin(kafka.bootstrapServers(), admin, Duration.ofSeconds(10))) {
            assertThatCode(() -> new TopicRequirements(brokers, settings).check(CHUNK_TOKENS))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void testTopicOfSoundIsCheckedLikeTheOthers() throws Exception {
        KafkaSettings narrow = topics("sound-small", "audio", Map.of("max.message.bytes", "9000"));
        KafkaSettings compacted =
                topics("sound-kept", "audio", Map.of("cleanup.policy", "compact"));

        assertThatCode(() -> checkAudio(topics("sound", "", Map.of()), 16_000))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> checkAudio(narrow, 16_000))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining(
                        "topic sound-small-audio has max.message.bytes=9000, but a rec");
        assertThatThrownBy(() -> checkAudio(compacted, 16_000))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("topic sound-kept-audio has cleanup.policy=compact");
    }

    private static void checkAudio(KafkaSettings settings, int pcmBytes) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            new TopicRequirements(brokers, settings).checkAudio(pcmBytes);
        }
    }

    private static void check(KafkaSettings settings) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.properties())) {
            new TopicRequirements(brokers, settings).check(CHUNK_TOKENS);
        }
    }

    /** Makes the topics of a job; one of them with these settings. */
    private static KafkaSettings topics(String name, String role, Map<String, String> config)
            throws Exception {
        KafkaSettings settings = KafkaSettings.from(config(name));
        Properties properties = settings.properties();
        try (Admin admin = Admin.create(properties)) {
            for (String one : List.of("requests", "tokens", "audio", "dead-letters")) {
                NewTopic topic =
                        new NewTopic(name + "-" + one, Optional.of(1), Optional.empty())
                                .configs(one.equals(role) ? config : Map.of());
                admin.createTopics(List.of(topic)).all().get();
            }
        }
        return settings;
    }

    private static Configuration config(String name) {
        Configuration config = new Configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        config.set(KafkaOptions.REQUESTS_TOPIC, name + "-requests");
        config.set(KafkaOptions.TOKENS_TOPIC, name + "-tokens");
        config.set(KafkaOptions.AUDIO_TOPIC, name + "-audio");
        config.set(KafkaOptions.DEAD_LETTERS_TOPIC, name + "-dead-letters");
        return config;
    }
}
