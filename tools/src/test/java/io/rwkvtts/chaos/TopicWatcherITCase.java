package io.rwkvtts.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the witness and the judged consumer notice, on records that no job writes as it should. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TopicWatcherITCase {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Map<String, Speech> UNDISTURBED =
            Map.of("a", Speech.of(List.of(chunk(0, 1, 2), chunk(1, 3, 4), end(2))));

    private static EmbeddedKafka broker;

    private final List<AudioTokens> heard = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void start() {
        broker = EmbeddedKafka.start(0);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void testTheConsumerIsJudgedByWhatItTookAndWhatItHadToDrop() throws Exception {
        KafkaSettings kafka = topics("judged");
        write(kafka, chunk(0, 1, 2), chunk(0, 1, 2), chunk(1, 3, 4), end(2));
        // Nobody but who reads the whole topic sees this one.
        write(kafka, chunk(1, 3, 4));
        try (RecordWitness witness = witness(kafka);
                JudgedConsumer consumer =
                        JudgedConsumer.start(
                                kafka, IsolationLevel.READ_COMMITTED, witness::records)) {
            consumer.awaitEnds(1, LIMIT);
            await().until(() -> consumer.dropped() == 2);

            assertThat(consumer.speech("a")).isEqualTo(UNDISTURBED.get("a"));
            assertThat(consumer.gaps()).isZero();
            assertThat(consumer.waits()).isZero();
            consumer.requireReading();
        }
    }

    @Test
    void testAWaitForAMissingRecordIsCounted() throws Exception {
        KafkaSettings kafka = topics("waited");
        try (RecordWitness witness = witness(kafka);
                JudgedConsumer consumer =
                        JudgedConsumer.start(
                                kafka, IsolationLevel.READ_COMMITTED, witness::records)) {
            write(kafka, chunk(0, 1, 2), end(2));
            await().until(() -> consumer.waits() == 1);
            write(kafka, chunk(1, 3, 4), end(2));
            consumer.awaitEnds(1, LIMIT);

            assertThat(consumer.speech("a")).isEqualTo(UNDISTURBED.get("a"));
            assertThat(consumer.gaps()).isZero();
        }
    }

    @Test
    void testTheWitnessSeesEachRecordAndItsChangedTokens() throws Exception {
        KafkaSettings kafka = topics("changed");
        try (RecordWitness witness = witness(kafka)) {
            write(kafka, chunk(0, 1, 2));
            assertThat(witness.awaitGeneration(1, LIMIT)).isTrue();
            assertThat(witness.running()).isOne();
            assertThat(witness.changedTokens()).isZero();

            witness.mark();
            // A consumer drops it as repeated.
            write(kafka, chunk(0, 1, 9));
            OptionalLong seen = witness.awaitEmission(emission -> true, LIMIT);
            assertThat(seen).isPresent();
            assertThat(witness.changedTokens()).isOne();

            write(kafka, chunk(1, 3, 4), end(2));
            assertThat(witness.awaitGeneration(3, LIMIT)).isFalse();
            assertThat(witness.running()).isZero();
            assertThat(witness.records()).isEqualTo(4);
        }
        assertThat(heard).hasSize(4);
    }

    @Test
    void testTheWitnessWaitsForAChunkByItsPlace() throws Exception {
        KafkaSettings kafka = topics("places");
        try (RecordWitness witness = witness(kafka)) {
            assertThat(witness.partitions()).isEmpty();
            write(kafka, chunk(0, 1, 2));

            witness.awaitChunk("a", 0, LIMIT);
            // The last but one of two is the first.
            witness.awaitChunk("a", -2, LIMIT);
            assertThat(witness.partitions()).containsExactly(0);
            assertThatThrownBy(() -> witness.awaitChunk("a", -1, Duration.ofMillis(50)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("chunk 1 of a");

            write(kafka, chunk(1, 3, 4));
            witness.awaitChunk("a", -1, LIMIT);
        }
    }

    @Test
    void testARecordThatCannotBeReadIsAFault() throws Exception {
        KafkaSettings kafka = topics("unreadable");
        write(kafka, "no Avro".getBytes(UTF_8));
        try (RecordWitness witness = witness(kafka)) {
            await().untilAsserted(
                            () ->
                                    assertThatIllegalStateException()
                                            .isThrownBy(witness::requireReading)
                                            .withMessage("the token topic cannot be read"));
        }
    }

    private RecordWitness witness(KafkaSettings kafka) {
        return RecordWitness.start(kafka, UNDISTURBED, UNDISTURBED.keySet(), heard::add);
    }

    private static KafkaSettings topics(String name) {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
        options.set(KafkaOptions.TOKENS_TOPIC, name);
        KafkaSettings kafka = KafkaSettings.from(options);
        try (KafkaAdmin admin = KafkaAdmin.connect(kafka.properties())) {
            admin.createTopics(List.of(name), 1);
        }
        return kafka;
    }

    private static void write(KafkaSettings kafka, AudioTokens... records)
            throws ExecutionException, InterruptedException {
        for (AudioTokens record : records) {
            write(kafka, WireCodec.audioTokens().encode(record));
        }
    }

    private static void write(KafkaSettings kafka, byte[] value)
            throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        kafka.properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(kafka.topics().tokens(), "a".getBytes(UTF_8), value);
            record.headers().add(HeaderNames.EMITTED_AT_MS, "1".getBytes(UTF_8));
            producer.send(record).get();
        }
    }

    private static AudioTokens chunk(long sequence, Integer... tokens) {
        return AudioTokens.newBuilder()
                .setRequestId("a")
                .setSequence(sequence)
                .setSegment(0)
                .setTokenOffset(2 * sequence)
                .setTokens(List.of(tokens))
                .build();
    }

    private static AudioTokens end(long sequence) {
        return AudioTokens.newBuilder(chunk(sequence)).setFinishReason("stop").build();
    }
}
