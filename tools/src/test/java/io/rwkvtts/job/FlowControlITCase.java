package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechStream;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How fast the job reacts to its senders, and to its clock, while it generates. */
@Timeout(value = 150, unit = TimeUnit.SECONDS)
class FlowControlITCase {

    private static final Logger LOG = LoggerFactory.getLogger(FlowControlITCase.class);
    private static final Duration STEP = Duration.ofMillis(50);
    private static final int EVENTS = 900;
    private static final int CANCELLED = 8;
    private static final int PAST_DEADLINE = 40;

    @TempDir private static Path directory;
    private static SpeechCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = SpeechCluster.start(directory, Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** A job of slow steps and few slots. */
    private static JobClient submit(KafkaSettings topics) throws Exception {
        return cluster.submit(
                topics,
                Map.of("tts.slots", "4"),
                engines -> SlowEngine.around(engines, STEP),
                null);
    }

    /** A request that takes minutes. */
    private static TextEvent.Builder longRequest(String id) {
        return TextEvent.newBuilder()
                .setRequestId(id)
                .setText("Hello.")
                .setMinSemanticTokens(2_000);
    }

    @Test
    void testCancelAfterHundredsOfEventsActsWithinAFewSteps() throws Exception {
        KafkaSettings topics = cluster.topics("flow", "at-least-once");
        JobClient job = submit(topics);
        WireCodec<TextEvent> codec = WireCodec.textEvents();
        try (TokenListener listener = cluster.listen(topics)) {
            cluster.send(topics, longRequest("long").build());
            await(listener, "long", false);

            List<byte[]> records = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                records.add(
                        codec.encode(
                                TextEvent.newBuilder()
                                        .setRequestId("open-" + i)
                                        .setText("to be continued")
                                        .setLast(false)
                                        .build()));
            }
            records.add(codec.encode(cancel("long")));
            long start = System.nanoTime();
            // One key, one partition: the cancel is read after all the others.
            cluster.send(topics, "long", records);
            ReceivedTokens end = await(listener, "long", true);
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            LOG.info(
                    "cancel after {} events, steps of {} ms: {} ms",
                    EVENTS,
                    STEP.toMillis(),
                    millis);

            assertThat(end.tokens().getFinishReason()).isEqualTo("cancelled");
            // One event a step would be 45 s.
            assertThat(millis).isLessThan(10_000);
        }
        job.cancel().get();
    }

    @Test
    void testCancelOfARunningRequestActsWithinAStepOfItsArrival() throws Exception {
        KafkaSettings topics = cluster.topics("cancel", "at-least-once");
        JobClient job = submit(topics);
        long[] millis = new long[CANCELLED];
        try (SpeechClient client = SpeechCluster.client(topics)) {
            for (int i = 0; i < CANCELLED; i++) {
                SpeechStream stream = client.speak(longRequest("request-" + i).build());
                assertThat(stream.iterator().next().end()).isFalse();
                long sent = System.currentTimeMillis();
                stream.cancel();
                ReceivedTokens end = last(stream);
                assertThat(end.tokens().getFinishReason()).isEqualTo("cancelled");
                millis[i] = end.emittedAtMs() - sent;
            }
        }
        job.cancel().get();
        assertLateness("cancel sent to its end emitted", millis);
    }

    @Test
    void testDeadlineOfRunningAndWaitingRequestsIsKeptToAStep() throws Exception {
        KafkaSettings topics = cluster.topics("deadline", "at-least-once");
        JobClient job = submit(topics);
        Duration budget = Duration.ofSeconds(5);
        long[] millis = new long[PAST_DEADLINE];
        try (TokenListener listener = cluster.listen(topics)) {
            cluster.send(topics, longRequest("first").build());
            await(listener, "first", false);
            // Three of them run, the others wait.
            cluster.send(
                    topics,
                    IntStream.range(0, PAST_DEADLINE)
                            .mapToObj(
                                    i ->
                                            longRequest("request-" + i)
                                                    .setBudgetMs(budget.toMillis() + i * 5L)
                                                    .build())
                            .toArray(TextEvent[]::new));
            for (int ended = 0; ended < PAST_DEADLINE; ) {
                for (ReceivedTokens received : listener.poll(Duration.ofMillis(50))) {
                    String id = received.tokens().getRequestId();
                    if (received.end()) {
                        assertThat(received.tokens().getFinishReason()).isEqualTo("deadline");
                        int number = Integer.parseInt(id.substring(id.indexOf('-') + 1));
                        long deadline =
                                received.requestTimestampMs() + budget.toMillis() + number * 5L;
                        millis[number] = received.emittedAtMs() - deadline;
                        ended++;
                    }
                }
            }
        }
        job.cancel().get();
        assertThat(Arrays.stream(millis).min().orElseThrow()).isNotNegative();
        assertLateness("deadline to its end emitted", millis);
    }

    /** A busy machine may be late by more than a step; one that forgets is late by minutes. */
    private static void assertLateness(String what, long[] millis) {
        Arrays.sort(millis);
        LOG.info(
                "{}, steps of {} ms: p50 {} ms, max {} ms of {}",
                what,
                STEP.toMillis(),
                millis[millis.length / 2],
                millis[millis.length - 1],
                millis.length);
        assertThat(millis[millis.length / 2]).isLessThan(500);
        assertThat(millis[millis.length - 1]).isLessThan(5_000);
    }

    private static ReceivedTokens last(SpeechStream stream) {
        ReceivedTokens last = null;
        for (ReceivedTokens received : stream) {
            last = received;
        }
        return last;
    }

    private static TextEvent cancel(String id) {
        return TextEvent.newBuilder().setRequestId(id).setCancel(true).build();
    }

    private static ReceivedTokens await(TokenListener listener, String id, boolean end) {
        while (true) {
            for (ReceivedTokens received : listener.poll(Duration.ofMillis(50))) {
                if (received.tokens().getRequestId().equals(id) && (!end || received.end())) {
                    return received;
                }
            }
        }
    }
}
