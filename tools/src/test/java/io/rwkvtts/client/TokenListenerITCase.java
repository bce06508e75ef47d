package io.rwkvtts.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.client.TokenListener.Start;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TokenListenerITCase {

    @AutoClose private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
    }

    @Test
    void testLatestBeginsWhenTheListenerIsMade() throws Exception {
        createTopic("latest");
        try (KafkaProducer<byte[], byte[]> producer = producer(null)) {
            producer.send(record("latest", "before", 0)).get();
            try (TokenListener listener = listener("latest", Start.LATEST, false)) {
                producer.send(record("latest", "after", 0)).get();

                assertThat(receive(listener, 1))
                        .extracting(received -> received.tokens().getRequestId())
                        .containsExactly("after");
            }
        }
    }

    @Test
    void testForeignRecordsAreSkippedAndRepetitionsCounted() throws Exception {
        createTopic("foreign");
        try (KafkaProducer<byte[], byte[]> producer = producer(null);
                TokenListener listener = listener("foreign", Start.EARLIEST, false)) {
            producer.send(record("foreign", "a", 0));
            producer.send(new ProducerRecord<>("foreign", "hello".getBytes(UTF_8)));
            producer.send(new ProducerRecord<>("foreign", null));
            producer.send(record("foreign", "a", 0));
            producer.send(record("foreign", "a", 1));

            assertThat(receive(listener, 2)).extracting(ReceivedTokens::gap).containsOnly(false);
            assertThat(listener.dropped()).isEqualTo(1);
        }
    }

    @Test
    void testRecordsAfterAGapWaitForTheMissingOneEvenIfNothingElseComes() throws Exception {
        createTopic("gap");
        HoldLimits limits = new HoldLimits(Duration.ofMillis(500), 10, 1_000_000);
        try (KafkaProducer<byte[], byte[]> producer = producer(null);
                TokenListener listener =
                        new TokenListener(
                                properties(),
                                "gap",
                                Start.LATEST,
                                IsolationLevel.READ_UNCOMMITTED,
                                limits)) {
            listener.expect("a");
            producer.send(record("gap", "a", 2)).get();
            producer.send(record("gap", "joined-late", 7)).get();

            assertThat(receive(listener, 1))
                    .extracting(received -> received.tokens().getRequestId())
                    .containsExactly("joined-late");
            assertThat(receive(listener, 1))
                    .extracting(ReceivedTokens::missing)
                    .containsExactly(2L);
        }
    }

    @Test
    void testTimingsComeFromTheHeaders() throws Exception {
        createTopic("timings");
        try (KafkaProducer<byte[], byte[]> producer = producer(null);
                TokenListener listener = listener("timings", Start.EARLIEST, false)) {
            ProducerRecord<byte[], byte[]> record = record("timings", "a", 0);
            record.headers().add(HeaderNames.REQUEST_TIMESTAMP_MS, "1700".getBytes(UTF_8));
            record.headers().add(HeaderNames.EMITTED_AT_MS, "soon".getBytes(UTF_8));
            producer.send(record);

            ReceivedTokens received = receive(listener, 1).get(0);

            assertThat(received.requestTimestampMs()).isEqualTo(1700);
            assertThat(received.emittedAtMs()).isEqualTo(-1);
        }
    }

    @Test
    void testOnlyCommittedTransactionsAreReadIfWanted() throws Exception {
        createTopic("transactions");
        try (KafkaProducer<byte[], byte[]> producer = producer("test");
                TokenListener all = listener("transactions", Start.EARLIEST, false);
                TokenListener committed = listener("transactions", Start.EARLIEST, true)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("transactions", "aborted", 0)).get();
            assertThat(receive(all, 1)).hasSize(1);
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(record("transactions", "committed", 0));
            producer.commitTransaction();

            assertThat(receive(committed, 1))
                    .extracting(received -> received.tokens().getRequestId())
                    .containsExactly("committed");
        }
    }

    private static List<ReceivedTokens> receive(TokenListener listener, int count) {
        List<ReceivedTokens> received = new ArrayList<>();
        while (received.size() < count) {
            received.addAll(listener.poll(Duration.ofSeconds(1)));
        }
        return received;
    }

    private static TokenListener listener(String topic, Start start, boolean committed) {
        return new TokenListener(
                properties(),
                topic,
                start,
                committed ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String id, long sequence) {
        AudioTokens tokens =
                AudioTokens.newBuilder()
                        .setRequestId(id)
                        .setSequence(sequence)
                        .setSegment(0)
                        .setTokenOffset(0)
                        .setTokens(List.of(1))
                        .build();
        return new ProducerRecord<>(topic, WireCodec.audioTokens().encode(tokens));
    }

    private static KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        Properties properties = properties();
        if (transactionalId != null) {
            properties.setProperty(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        }
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void createTopic(String topic) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties())) {
            brokers.createTopics(List.of(topic), 1);
        }
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }
}
