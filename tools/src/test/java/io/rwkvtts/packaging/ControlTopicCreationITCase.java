package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.local.EmbeddedKafka;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands by which people and containers create the control topic. */
@Timeout(60)
class ControlTopicCreationITCase {

    private static final Pattern PARTITIONS =
            Pattern.compile("--topic tts-control --partitions (\\d+)");
    private static final Pattern SETTING = Pattern.compile("--config ([\\w.]+)=(\\S+)");

    @AutoClose private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker/compose.yaml", "docs/control.md"})
    void testTopicIsAsTheJobRequires(String file) throws Exception {
        String text = Files.readString(ProjectFiles.root().resolve(file));
        Matcher partitions = PARTITIONS.matcher(text);
        assertThat(partitions.find()).isTrue();
        Map<String, String> settings =
                SETTING.matcher(text)
                        .results()
                        .collect(
                                Collectors.toMap(found -> found.group(1), found -> found.group(2)));
        NewTopic created =
                new NewTopic(
                        file.replace('/', '-'), Integer.parseInt(partitions.group(1)), (short) 1);
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        try (Admin admin = Admin.create(properties);
                KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            admin.createTopics(List.of(created.configs(settings))).all().get();
            ControlTopic topic = new ControlTopic(created.name());
            await().untilAsserted(
                            () ->
                                    assertThatCode(() -> topic.require(brokers))
                                            .doesNotThrowAnyException());
        }
    }
}
