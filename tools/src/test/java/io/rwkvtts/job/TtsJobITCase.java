package io.rwkvtts.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.RecordedLog;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.DeadLetter;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.text.Segmenter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole job on a real broker, a real cluster and real inference. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TtsJobITCase {

    @TempDir private static Path directory;
    private static SpeechCluster cluster;

    /** Those of a single segment: the reference knows no cuts. */
    private static List<JsonNode> expected;

    @BeforeAll
    static void start() throws Exception {
        cluster = SpeechCluster.start(directory, Duration.ofSeconds(1));
        Segmenter segmenter =
                new Segmenter(Segmenter.DEFAULT_MIN_UNITS, Segmenter.DEFAULT_MAX_UNITS);
        expected =
                TestVectors.demoVoice().stream()
                        .filter(c -> segmenter.split(c.get("text").asText()).size() == 1)
                        .toList();
        assertThat(expected).hasSizeGreaterThan(4);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static TextEvent.Builder request(String id, String text) {
        return TextEvent.newBuilder().setRequestId(id).setText(text);
    }

    private static TextEvent.Builder expectedRequest(String id, JsonNode speech) {
        JsonNode properties = speech.get("properties");
        return request(id, speech.get("text").asText())
                .setSeed(Long.parseUnsignedLong(speech.get("seed").asText()))
                .setAge(properties.get(0).asText())
                .setGender(properties.get(1).asText())
                .setEmotion(properties.get(2).asText())
                .setPitch(properties.get(3).asText())
                .setSpeed(properties.get(4).asText());
    }

    private static List<Integer> ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
    }

    private static Speech expectedSpeech(JsonNode speech) {
        return new Speech(
                ints(speech.get("semanticTokens")), ints(speech.get("globalTokens")), "stop");
    }

    @Test
    void testGeneratesTheTokensOfTheReferenceAllAtOnce() throws Exception {
        KafkaSettings topics = cluster.topics("reference", "at-least-once");
        JobClient job = cluster.submit(topics);
        Map<String, Speech> reference = new LinkedHashMap<>();
        List<TextEvent> events = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            JsonNode speech = expected.get(i % expected.size());
            events.add(expectedRequest("request-" + i, speech).build());
            reference.put("request-" + i, expectedSpeech(speech));
        }

        assertThat(cluster.speak(topics, events.toArray(TextEvent[]::new)))
                .containsExactlyInAnyOrderEntriesOf(reference);
        job.cancel().get();
    }

    @Test
    void testTextInPiecesOutOfOrderAndRepeatedIsGeneratedAsOneText() throws Exception {
        KafkaSettings topics = cluster.topics("pieces", "at-least-once");
        JobClient job = cluster.submit(topics);
        JsonNode speech = expected.get(3);
        String text = speech.get("text").asText();
        int length = text.length();
        int[] order = IntStream.range(0, length).map(i -> (i * 7 + 3) % length).toArray();
        assertThat(order).doesNotHaveDuplicates();
        List<TextEvent> events = new ArrayList<>();
        for (int i : order) {
            TextEvent piece =
                    expectedRequest("pieces", speech)
                            .setText(text.substring(i, i + 1))
                            .setSequence((long) i)
                            .setLast(i == length - 1)
                            .build();
            events.add(piece);
            events.add(piece);
        }
        cluster.send(topics, events.toArray(TextEvent[]::new));
        try (TokenListener listener = cluster.listen(topics)) {
            assertThat(cluster.collect(listener, List.of("pieces")))
                    .isEqualTo(Map.of("pieces", expectedSpeech(speech)));
        }
        job.cancel().get();
    }

    @Test
    void testABrokenRecordWithAReadableIdEndsItsRequest() throws Exception {
        KafkaSettings topics = cluster.topics("broken", "at-least-once");
        JobClient job = cluster.submit(topics);
        byte[] whole = WireCodec.textEvents().encode(request("broken", "Hello.").build());
        byte[] truncated = Arrays.copyOf(whole, whole.length - 1);
        cluster.send(topics, "broken", truncated);

        try (TokenListener listener = cluster.listen(topics)) {
            Speech speech = cluster.collect(listener, List.of("broken")).get("broken");
            assertThat(speech.finishReason()).isEqualTo("error");
            assertThat(speech.tokens()).isEmpty();
        }
        assertThat(deadLetters(topics, 1))
                .singleElement()
                .satisfies(
                        letter -> {
                            assertThat(letter.getReason()).isEqualTo("undecodable");
                            assertThat(letter.getRequestId()).isEqualTo("broken");
                            assertThat(letter.getPayload().array()).isEqualTo(truncated);
                        });
        job.cancel().get();
    }

    @Test
    void testAnotherTextUnderTheIdOfAFinishedRequestIsWarnedOf() throws Exception {
        KafkaSettings topics = cluster.topics("reused", "at-least-once");
        JobClient job = cluster.submit(topics);
        try (RecordedLog log = new RecordedLog(Level.WARN);
                TokenListener listener = cluster.listen(topics)) {
            TextEvent first = request("reused", "Hello.").setMaxSemanticTokens(5).build();
            cluster.send(topics, first);
            cluster.collect(listener, List.of("reused"));
            cluster.send(topics, first, request("reused", "Good morning.").build());

            await().untilAsserted(
                            () ->
                                    assertThat(log.lines())
                                            .filteredOn(line -> line.contains("is dropped"))
                                            .singleElement()
                                            .asString()
                                            .contains("request reused of record"));
        }
        job.cancel().get();
    }

    @Test
    void testBadRecordsBecomeDeadLettersAndTheOneAfterThemIsServed() throws Exception {
        KafkaSettings topics = cluster.topics("bad", "at-least-once");
        JobClient job = cluster.submit(topics);
        byte[] garbage = "no Avro at all".getBytes(UTF_8);
        cluster.send(topics, "same-key", garbage);
        TextEvent[] invalid = {
            request("blank", " ").build(),
            request("age", "Hello.").setAge("ancient").build(),
            request("voice", "Hello.").setVoiceId("../../etc/passwd").build(),
            request("top-p", "Hello.").setTopP(Double.NaN).build(),
            request("long", "x".repeat(10_001)).build(),
            request("nothing", "?!").build()
        };
        cluster.send(topics, invalid);
        JsonNode speech = expected.get(0);
        cluster.send(
                topics,
                "same-key",
                WireCodec.textEvents().encode(expectedRequest("good", speech).build()));

        List<String> ids = List.of("blank", "age", "voice", "top-p", "long", "nothing", "good");
        try (TokenListener listener = cluster.listen(topics)) {
            Map<String, Speech> results = cluster.collect(listener, ids);
            assertThat(results).containsOnlyKeys(ids);
            assertThat(results.get("good")).isEqualTo(expectedSpeech(speech));
            results.remove("good");
            assertThat(results.values())
                    .allSatisfy(
                            result -> {
                                assertThat(result.finishReason()).isEqualTo("error");
                                assertThat(result.tokens()).isEmpty();
                            });
        }
        List<DeadLetter> letters = deadLetters(topics, 1 + invalid.length);
        assertThat(letters)
                .filteredOn(letter -> letter.getReason().equals("undecodable"))
                .singleElement()
                .satisfies(
                        letter -> {
                            assertThat(letter.getPayload().array()).isEqualTo(garbage);
                            assertThat(letter.getTopic()).isEqualTo(topics.topics().requests());
                            assertThat(letter.getOffset()).isZero();
                        });
        for (TextEvent event : invalid) {
            assertThat(letters)
                    .filteredOn(letter -> event.getRequestId().equals(letter.getRequestId()))
                    .singleElement()
                    .satisfies(
                            letter -> {
                                assertThat(letter.getReason()).isEqualTo("invalid");
                                assertThat(letter.getDetail()).isNotBlank();
                                assertThat(
                                                WireCodec.textEvents()
                                                        .decode(letter.getPayload().array()))
                                        .isEqualTo(event);
                            });
        }
        job.cancel().get();
    }

    @Test
    void testTheLargestRecordThatKafkaTakesDoesNotStopTheOneAfterIt() throws Exception {
        KafkaSettings topics = cluster.topics("large", "at-least-once");
        JobClient job = cluster.submit(topics);
        JsonNode speech = expected.get(0);
        cluster.send(
                topics,
                request("large", "Hello.").setAge("x".repeat(1_048_300)).build(),
                expectedRequest("good", speech).build());
        try (TokenListener listener = cluster.listen(topics)) {
            Map<String, Speech> results = cluster.collect(listener, List.of("large", "good"));
            assertThat(results.get("large").finishReason()).isEqualTo("error");
            assertThat(results.get("good")).isEqualTo(expectedSpeech(speech));
        }
        assertThat(deadLetters(topics, 1))
                .singleElement()
                .satisfies(
                        letter -> {
                            assertThat(letter.getRequestId()).isEqualTo("large");
                            assertThat(letter.getPayloadLength()).isGreaterThan(1_048_300);
                        });
        job.cancel().get();
    }

    private static List<DeadLetter> deadLetters(KafkaSettings topics, int count) throws Exception {
        List<DeadLetter> letters = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                TopicConsumer.open(topics, topics.topics().deadLetters(), "read_uncommitted")) {
            while (letters.size() < count) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    letters.add(WireCodec.deadLetters().decode(record.value()));
                }
            }
        }
        return letters;
    }
}
