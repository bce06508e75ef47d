package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechException;
import io.rwkvtts.client.SpeechListener;
import io.rwkvtts.client.SpeechSettings;
import io.rwkvtts.client.SpeechStream;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.ClientSettings;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client of a real job on a real broker. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SpeechClientITCase {

    private static final Duration STEP = Duration.ofMillis(20);

    @TempDir private static Path directory;
    private static EmbeddedKafka kafka;
    private static SpeechCluster cluster;
    private static List<JsonNode> expected;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        cluster = SpeechCluster.start(directory, Duration.ofSeconds(1), kafka, Map.of());
        expected = TestVectors.demoVoice();
    }

    @AfterAll
    static void stop() {
        cluster.close();
        kafka.close();
    }

    private static TextEvent.Builder expectedRequest(String id, JsonNode speech) {
        return TextEvent.newBuilder()
                .setRequestId(id)
                .setText(speech.get("text").asText())
                .setSeed(Long.parseUnsignedLong(speech.get("seed").asText()));
    }

    private static Speech expectedSpeech(JsonNode speech) {
        return new Speech(
                ints(speech.get("semanticTokens")), ints(speech.get("globalTokens")), "stop");
    }

    private static List<Integer> ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
    }

    /** A request that is generated for seconds, by a job whose steps are slow. */
    private static TextEvent longRequest(String id) {
        return TextEvent.newBuilder()
                .setRequestId(id)
                .setText("This takes its time.")
                .setMinSemanticTokens(300)
                .setMaxSemanticTokens(350)
                .build();
    }

    private static JobClient submitSlow(KafkaSettings topics) throws Exception {
        return cluster.submit(topics, Map.of(), engines -> SlowEngine.around(engines, STEP), null);
    }

    @Test
    void testTwoRequestsAtOnceEachGetTheirOwnRecords() throws Exception {
        KafkaSettings topics = cluster.topics("two", "at-least-once");
        JobClient job = cluster.submit(topics);
        try (SpeechClient client = SpeechCluster.client(topics)) {
            SpeechStream first = client.speak(expectedRequest("first", expected.get(0)).build());
            SpeechStream second = client.speak(expectedRequest("second", expected.get(1)).build());

            assertThat(SpeechCluster.speech(SpeechCluster.records(second)))
                    .isEqualTo(expectedSpeech(expected.get(1)));
            assertThat(SpeechCluster.speech(SpeechCluster.records(first)))
                    .isEqualTo(expectedSpeech(expected.get(0)));
            assertThat(first.ended()).isTrue();
        }
        job.cancel().get();
    }

    /** One thread hears of all of them, and none waits. */
    @Test
    void testManyRequestsNeedNoThreadsOfTheirOwn() throws Exception {
        KafkaSettings topics = cluster.topics("many", "at-least-once");
        JobClient job = cluster.submit(topics);
        int requests = 2_000;
        CountDownLatch ended = new CountDownLatch(requests);
        List<Thread> threads = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        SpeechListener listener =
                new SpeechListener() {
                    @Override
                    public void received(ReceivedTokens record) {
                        threads.add(Thread.currentThread());
                        if (record.end()) {
                            ended.countDown();
                        }
                    }

                    @Override
                    public void failed(SpeechException cause) {
                        faults.add(cause.getMessage());
                    }
                };
        try (SpeechClient client = SpeechCluster.client(topics)) {
            for (int i = 0; i < requests; i++) {
                client.speak(
                        TextEvent.newBuilder()
                                .setRequestId("request-" + i)
                                .setText("Hello.")
                                .setMaxSemanticTokens(1)
                                .build(),
                        listener);
            }
            ended.await();
        }
        assertThat(threads.stream().distinct()).hasSize(1);
        assertThat(faults).isEmpty();
        job.cancel().get();
    }

    @Test
    void testATextIsGeneratedWhileItIsBeingWritten() throws Exception {
        KafkaSettings topics = cluster.topics("streaming", "at-least-once");
        JobClient job = cluster.submit(topics);
        JsonNode speech = expected.get(3);
        String text = speech.get("text").asText();
        int half = text.length() / 2;
        try (SpeechClient client = SpeechCluster.client(topics)) {
            SpeechStream stream =
                    client.speak(
                            expectedRequest("streaming", speech)
                                    .setText(text.substring(0, 1))
                                    .setLast(false)
                                    .build());
            stream.append(text.substring(1, half));
            stream.append(text.substring(half));
            stream.end();

            assertThat(SpeechCluster.speech(SpeechCluster.records(stream)))
                    .isEqualTo(expectedSpeech(speech));
        }
        job.cancel().get();
    }

    @Test
    void testACancelledRequestEndsSo() throws Exception {
        KafkaSettings topics = cluster.topics("cancelled", "at-least-once");
        JobClient job = submitSlow(topics);
        try (SpeechClient client = SpeechCluster.client(topics)) {
            SpeechStream stream = client.speak(longRequest("cancelled"));
            assertThat(stream.iterator().next().tokens().getSequence()).isZero();
            stream.cancel();

            Speech rest = lastOf(SpeechCluster.records(stream));
            assertThat(rest.finishReason()).isEqualTo("cancelled");
        }
        job.cancel().get();
    }

    private static Speech lastOf(List<AudioTokens> records) {
        AudioTokens last = records.get(records.size() - 1);
        return new Speech(last.getTokens(), last.getGlobalTokens(), last.getFinishReason());
    }

    @Test
    void testARequestThatTheJobRefusesEndsWithItsError() throws Exception {
        KafkaSettings topics = cluster.topics("refused", "at-least-once");
        JobClient job = cluster.submit(topics);
        try (SpeechClient client = SpeechCluster.client(topics)) {
            List<AudioTokens> records = SpeechCluster.records(client.speak(" "));

            assertThat(records)
                    .singleElement()
                    .satisfies(
                            end -> {
                                assertThat(end.getFinishReason()).isEqualTo("error");
                                assertThat(end.getError()).isNotBlank();
                            });
        }
        job.cancel().get();
    }

    @Test
    void testASlowReaderIsBoundedAndItsRequestCancelled() throws Exception {
        KafkaSettings topics = cluster.topics("slow", "at-least-once");
        JobClient job = submitSlow(topics);
        int limit = 3;
        try (TokenListener listener = cluster.listen(topics);
                SpeechClient client =
                        SpeechClient.connect(
                                ClientSettings.of(topics).withBufferedRecords(limit))) {
            SpeechStream slow = client.speak(longRequest("slow"));
            await().atMost(Duration.ofMinutes(1)).until(slow::ended);

            List<ReceivedTokens> read = new ArrayList<>();
            assertThatExceptionOfType(SpeechException.class)
                    .isThrownBy(() -> slow.forEach(read::add))
                    .withMessageContaining("request slow is read too slowly");
            assertThat(read).hasSize(limit);
            assertThat(cluster.collect(listener, List.of("slow")).get("slow").finishReason())
                    .isEqualTo("cancelled");
        }
        job.cancel().get();
    }

    @Test
    void testAClientThatJoinsLateContinuesARequestById() throws Exception {
        KafkaSettings topics = cluster.topics("late", "at-least-once");
        JobClient job = submitSlow(topics);
        long sentAt = System.nanoTime();
        try (SpeechClient client = SpeechCluster.client(topics)) {
            SpeechStream stream = client.speak(longRequest("late"));
            stream.iterator().next();
            stream.iterator().next();
            stream.iterator().next();
            try (SpeechClient late = SpeechCluster.client(topics)) {
                Duration lookBack = Duration.ofNanos(System.nanoTime() - sentAt).plusSeconds(1);
                SpeechStream again = late.resume("late", 1, lookBack);
                List<AudioTokens> continued = SpeechCluster.records(again);
                assertThat(continued)
                        .extracting(AudioTokens::getSequence)
                        .containsExactlyElementsOf(
                                LongStream.range(1, continued.size() + 1).boxed().toList());
                assertThat(continued.get(continued.size() - 1).getFinishReason())
                        .isIn("stop", "length");

                List<AudioTokens> rest = SpeechCluster.records(stream);
                assertThat(continued.subList(2, continued.size())).isEqualTo(rest);
                assertThatIllegalStateException()
                        .isThrownBy(() -> again.append("more"))
                        .withMessageContaining("has ended");
            }
        }
        job.cancel().get();
    }

    /** The records that are read again are repetitions to those that are being received. */
    @Test
    void testRequestsThatRunDoNotNoticeThatAnotherIsReadBack() throws Exception {
        KafkaSettings topics = cluster.topics("back", "at-least-once");
        JobClient job = submitSlow(topics);
        try (SpeechClient client = SpeechCluster.client(topics)) {
            List<AudioTokens> first =
                    SpeechCluster.records(
                            client.speak(expectedRequest("first", expected.get(0)).build()));
            SpeechStream running = client.speak(longRequest("running"));
            ReceivedTokens beginning = running.iterator().next();

            List<AudioTokens> again =
                    SpeechCluster.records(client.resume("first", 0, Duration.ofMinutes(2)));

            assertThat(again).isEqualTo(first);
            assertThat(beginning.tokens().getSequence()).isZero();
            List<AudioTokens> rest = SpeechCluster.records(running);
            assertThat(rest)
                    .extracting(AudioTokens::getSequence)
                    .containsExactlyElementsOf(
                            LongStream.range(1, rest.size() + 1).boxed().toList());
        }
        job.cancel().get();
    }

    @Test
    void testCloseDuringAWaitEndsTheWaitAndCancels() throws Exception {
        KafkaSettings topics = cluster.topics("closed", "at-least-once");
        JobClient job = submitSlow(topics);
        try (TokenListener listener = cluster.listen(topics)) {
            SpeechClient client = SpeechCluster.client(topics);
            SpeechStream stream = client.speak(longRequest("closed"));
            stream.iterator().next();
            CompletableFuture<List<AudioTokens>> reader =
                    CompletableFuture.supplyAsync(() -> SpeechCluster.records(stream));
            client.close();

            assertThat(reader)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withMessageContaining("the client is closed");
            assertThat(cluster.collect(listener, List.of("closed")).get("closed").finishReason())
                    .isEqualTo("cancelled");
            assertThatIllegalStateException()
                    .isThrownBy(() -> client.speak("Too late."))
                    .withMessage("the client is closed");
        }
        job.cancel().get();
    }

    @Test
    void testABrokerThatIsStartedAgainCostsNothing() throws Exception {
        KafkaSettings topics = cluster.topics("restarted", "at-least-once");
        JobClient job = submitSlow(topics);
        try (SpeechClient client = SpeechCluster.client(topics)) {
            SpeechStream stream = client.speak(longRequest("restarted"));
            ReceivedTokens beginning = stream.iterator().next();

            kafka.close();
            CompletableFuture<SpeechStream> sentMeanwhile =
                    CompletableFuture.supplyAsync(
                            () ->
                                    client.speak(
                                            expectedRequest("meanwhile", expected.get(0)).build()));
            startBrokerAgain();

            List<AudioTokens> rest = SpeechCluster.records(stream);
            assertThat(beginning.tokens().getSequence()).isZero();
            assertThat(rest)
                    .extracting(AudioTokens::getSequence)
                    .containsExactlyElementsOf(
                            LongStream.range(1, rest.size() + 1).boxed().toList());
            assertThat(lastOf(rest).finishReason()).isIn("stop", "length");
            assertThat(SpeechCluster.speech(SpeechCluster.records(sentMeanwhile.get())))
                    .isEqualTo(expectedSpeech(expected.get(0)));
        }
        job.cancel().get();
    }

    /** Its cancellations cannot be sent; a send waits 60 s for a broker. */
    @Test
    void testAClientClosesWhileTheBrokerIsAway() throws Exception {
        KafkaSettings topics = cluster.topics("away", "at-least-once");
        JobClient job = submitSlow(topics);
        SpeechClient client = SpeechCluster.client(topics);
        List<SpeechStream> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            streams.add(client.speak(longRequest("away-" + i)));
        }
        for (SpeechStream stream : streams) {
            stream.iterator().next();
        }
        kafka.close();
        try {
            long start = System.nanoTime();
            client.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(40));
            assertThat(streams)
                    .allSatisfy(
                            stream ->
                                    assertThatExceptionOfType(SpeechException.class)
                                            .isThrownBy(() -> SpeechCluster.records(stream))
                                            .withMessage("the client is closed"));
        } finally {
            startBrokerAgain();
        }
        job.cancel().get();
    }

    private static void startBrokerAgain() {
        String address = kafka.bootstrapServers();
        kafka =
                EmbeddedKafka.start(
                        directory.resolve("kafka"),
                        Integer.parseInt(address.substring(address.indexOf(':') + 1)));
    }

    @Test
    void testAMissingTopicIsNamed() {
        KafkaSettings topics = cluster.topics("present", "at-least-once");

        SpeechSettings settings =
                ClientSettings.of(topics).withTopics(topics.topics().requests(), "absent");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpeechClient.connect(settings))
                .withMessage("topic absent does not exist");
    }
}
