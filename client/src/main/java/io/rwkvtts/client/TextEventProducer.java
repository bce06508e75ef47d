package io.rwkvtts.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends text events to the request topic, keyed by request id: the reference producer.
 *
 * <p>Owns its connection. May be used by several threads; events of one request keep their order
 * only if one thread sends them.
 */
public final class TextEventProducer implements AutoCloseable {

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final InputFormat format;

    /**
     * Prepares a connection to a job that reads Avro.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     * @param topic the request topic
     */
    public TextEventProducer(Properties clientProperties, String topic) {
        this(clientProperties, topic, InputFormat.AVRO);
    }

    /**
     * Prepares a connection.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     * @param topic the request topic
     * @param format what the job reads, its {@code tts.input.format}
     */
    public TextEventProducer(Properties clientProperties, String topic, InputFormat format) {
        this(connect(clientProperties), topic, format);
    }

    /** Sends with a producer that it owns from now on. */
    TextEventProducer(Producer<byte[], byte[]> producer, String topic, InputFormat format) {
        this.producer = producer;
        this.topic = topic;
        this.format = format;
    }

    private static Producer<byte[], byte[]> connect(Properties clientProperties) {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "0");
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Whether the form of the records has more than the text: a cancellation, for one. */
    boolean sendsAttributes() {
        return format != InputFormat.TEXT;
    }

    /**
     * Waits until Kafka has told where the topic is.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException if there is no such topic, or Kafka
     *     does not answer
     */
    void requireTopic() {
        producer.partitionsFor(topic);
    }

    /**
     * Sends an event.
     *
     * @return where it was written, once the brokers have confirmed it
     * @throws IllegalArgumentException if it cannot be written in the format, see {@link
     *     InputFormat#encode}, or its text has half a character, which would become another one
     */
    public Future<RecordMetadata> send(TextEvent event) {
        return send(event, (where, failure) -> {});
    }

    /**
     * Sends an event.
     *
     * @param written called on the producer's thread with where it was written, or why it was not
     */
    Future<RecordMetadata> send(TextEvent event, Callback written) {
        if (!UTF_8.newEncoder().canEncode(event.getText())) {
            throw new IllegalArgumentException(
                    "the text holds a lone surrogate, which cannot be written in UTF-8");
        }
        return producer.send(
                new ProducerRecord<>(
                        topic, event.getRequestId().getBytes(UTF_8), format.encode(event)),
                written);
    }

    /** Waits until all events are confirmed and disconnects. */
    @Override
    public void close() {
        producer.close();
    }

    /** Waits this long for events to be confirmed, gives up the rest and disconnects. */
    void close(Duration limit) {
        producer.close(limit);
    }
}
