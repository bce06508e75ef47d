package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaSetupException;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.WireCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code tts top} on topics of a real broker. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TopicWatchITCase {

    private static EmbeddedKafka kafka;
    private static Properties properties;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
        properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            brokers.createTopics(List.of("requests", "tokens"), 4);
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static void send(String topic, String id, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic, id.getBytes(UTF_8), value);
            record.headers()
                    .add("tts-request-timestamp-ms", "1000".getBytes(UTF_8))
                    .add("tts-emitted-at-ms", "1400".getBytes(UTF_8));
            producer.send(record).get();
        }
    }

    private static byte[] chunk(String id, long sequence, int tokens) {
        return WireCodec.audioTokens()
                .encode(
                        AudioTokens.newBuilder()
                                .setRequestId(id)
                                .setSequence(sequence)
                                .setSegment(0)
                                .setTokenOffset(0)
                                .setTokens(Collections.nCopies(tokens, 1))
                                .build());
    }

    private static String view(TopicWatch watch) {
        StringWriter out = new StringWriter();
        watch.print(new PrintWriter(out, true));
        return out.toString();
    }

    @Test
    void testWhatIsSentAndComesBackFromNowOnIsSeen() throws Exception {
        send("requests", "before", new byte[] {1});
        try (TopicWatch watch = new TopicWatch(properties, "requests", "tokens")) {
            send("requests", "waits", new byte[] {1});
            send("requests", "runs", new byte[] {1});
            send("tokens", "runs", chunk("runs", 0, 10));
            // Repeated, as after a restart of the job.
            send("tokens", "runs", chunk("runs", 0, 10));
            String view = "";
            while (!view.contains("Running: 1, waiting: 1")) {
                watch.read(Duration.ofMillis(200));
                view = view(watch);
            }
            watch.read(Duration.ofMillis(500));

            assertThat(view(watch))
                    .contains("Running: 1, waiting: 1, generation: 0 tok/s", "Ended: none", "400");
        }
    }

    @Test
    void testATopicThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> new TopicWatch(properties, "requests", "nowhere"))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void testTheCommandShowsIt() {
        TtsRun run =
                TtsRun.of(
                        "top",
                        "--bootstrap-servers=" + kafka.bootstrapServers(),
                        "--requests-topic=requests",
                        "--topic=tokens",
                        "--interval=1",
                        "--times=1");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("Running: 0, waiting: 0", "first chunk p50 ms");
    }
}
