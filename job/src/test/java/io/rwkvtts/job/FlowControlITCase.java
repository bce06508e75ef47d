package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.client.ReceivedTokens;
import io.rwkvtts.job.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How fast the job hears its senders while it speaks. */
@Timeout(value = 150, unit = TimeUnit.SECONDS)
class FlowControlITCase {

    private static final Logger LOG = LoggerFactory.getLogger(FlowControlITCase.class);
    private static final Duration STEP = Duration.ofMillis(50);
    private static final int EVENTS = 900;

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

    @Test
    void testCancelBehindHundredsOfEventsActsWithinAFewSteps() throws Exception {
        KafkaSettings topics = cluster.topics("flow", "at-least-once");
        JobClient job =
                cluster.submit(topics, 1, engines -> SlowEngine.around(engines, STEP), null);
        WireCodec<TextEvent> codec = WireCodec.textEvents();
        try (TokenListener listener = cluster.listen(topics)) {
            cluster.send(
                    topics,
                    TextEvent.newBuilder()
                            .setRequestId("long")
                            .setText("Hello.")
                            .setMinSemanticTokens(2_000)
                            .build());
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
            records.add(
                    codec.encode(
                            TextEvent.newBuilder().setRequestId("long").setCancel(true).build()));
            long start = System.nanoTime();
            // One key, one partition: the cancel is read behind all the others.
            cluster.send(topics, "long", records);
            ReceivedTokens end = await(listener, "long", true);
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            LOG.info(
                    "cancel behind {} events, steps of {} ms: {} ms",
                    EVENTS,
                    STEP.toMillis(),
                    millis);

            assertThat(end.tokens().getFinishReason()).isEqualTo("cancelled");
            // One event a step would be 45 s.
            assertThat(millis).isLessThan(10_000);
        }
        job.cancel().get();
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
