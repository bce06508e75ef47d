package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducerPropertiesTest {

    @Test
    void testRecordsNeverExpireAndKeepTheirOrder() {
        Properties properties =
                ProducerProperties.of(KafkaSettings.from(new Configuration()).properties());

        assertThat(properties)
                .containsEntry("delivery.timeout.ms", "2147483647")
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", "true")
                .containsEntry("retries", "2147483647")
                .containsEntry("max.in.flight.requests.per.connection", "5")
                .doesNotContainKey("max.block.ms");
    }

    @Test
    void testShorterDeliveryTimeoutIsTaken() {
        Properties properties =
                ProducerProperties.of(settings("delivery.timeout.ms", "40000").properties());

        assertThat(properties).containsEntry("delivery.timeout.ms", "40000");
    }

    @ParameterizedTest
    @CsvSource({
        "acks, ALL",
        "acks, -1",
        "enable.idempotence, true",
        "retries, 2147483647",
        "max.in.flight.requests.per.connection, 1",
        "max.block.ms, 1000",
        "partitioner.ignore.keys, false",
        "partitioner.class, org.example.ByKey"
    })
    void testPropertyThatTheDeliveryAllowsIsTaken(String name, String value) {
        assertThat(ProducerProperties.of(settings(name, value).properties())).containsKey(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acks|1|acks of the Kafka clients|is 1; expected all",
                "acks|0|acks of the Kafka clients|is 0; expected all",
                "enable.idempotence|false|enable.idempotence of|is false; expected true",
                "retries|3|retries of|is 3; expected 2147483647",
                "max.in.flight.requests.per.connection|6|max.in.flight|is 6; expected 1 to 5",
                "max.in.flight.requests.per.connection|many|max.in.flight|is many; expected 1 to 5",
                "partitioner.ignore.keys|true|partitioner.ignore.keys of|is true; expected false",
                "partitioner.class|org.apache.kafka.clients.producer.RoundRobinPartitioner"
                        + "|partitioner.class of|RoundRobinPartitioner; expected a partitioner that"
                        + " goes by the key",
                "delivery.timeout.ms|0|delivery.timeout.ms of|is 0; expected 1 to 2147483647",
            })
    void testPropertyThatBreaksTheDeliveryIsRefused(
            String name, String value, String place, String message) {
        assertThatThrownBy(() -> settings(name, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(place)
                .hasMessageContaining("tts.kafka.properties." + name)
                .hasMessageContaining(message);
    }

    private static KafkaSettings settings(String name, String value) {
        Configuration config = new Configuration();
        config.setString("tts.kafka.properties." + name, value);
        return KafkaSettings.from(config);
    }
}
