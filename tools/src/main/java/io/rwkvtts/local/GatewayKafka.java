package io.rwkvtts.local;

import io.rwkvtts.client.SpeechSettings;
import io.rwkvtts.job.kafka.KafkaSettings;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;

/** How a gateway uses Kafka: a client that waits is told within seconds that it cannot. */
public final class GatewayKafka {

    private GatewayKafka() {}

    /** Settings of a gateway before the job that reads and writes these topics. */
    public static SpeechSettings settings(KafkaSettings kafka) {
        return SpeechSettings.of(withTimeouts(kafka.properties()))
                .withTopics(kafka.topics().requests(), kafka.topics().tokens())
                .withFormat(kafka.inputFormat());
    }

    /** The properties with short timeouts where they set none; a new object. */
    public static Properties withTimeouts(Properties kafka) {
        Properties properties = new Properties();
        properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
        properties.setProperty(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "15000");
        properties.putAll(kafka);
        return properties;
    }
}
