package io.rwkvtts.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaITCase {

    @Test
    void testDataOutlivesTheBrokerAndItsPorts(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
                Admin admin = admin(kafka)) {
            admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
        }

        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
                Admin admin = admin(kafka)) {
            Set<String> topics = admin.listTopics().names().get(10, TimeUnit.SECONDS);
            assertThat(topics).containsExactly("kept");
        }
    }

    @Test
    void testBusyPortIsNamed() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0)) {
            int port = Integer.parseInt(kafka.bootstrapServers().split(":")[1]);

            assertThatThrownBy(() -> EmbeddedKafka.start(port))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("port " + port + " (Kafka port)");
            kafka.close();
            kafka.close();
            assertThat(LoopbackPorts.choose(port, "Kafka port")).isEqualTo(port);
        }
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }
}
