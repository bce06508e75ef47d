package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.schema.AudioTokens;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** What {@code tts top} makes of the topics. */
class TopicTrafficTest {

    private final TopicTraffic traffic = new TopicTraffic();

    private static ReceivedTokens record(
            String id, long sequence, int offset, int tokens, String end, long emittedAtMs) {
        return new ReceivedTokens(
                AudioTokens.newBuilder()
                        .setRequestId(id)
                        .setSequence(sequence)
                        .setSegment(0)
                        .setTokenOffset(offset)
                        .setTokens(Collections.nCopies(tokens, 1))
                        .setFinishReason(end)
                        .build(),
                0,
                1_000,
                emittedAtMs);
    }

    private String view(double tokensPerSecond) {
        StringWriter out = new StringWriter();
        traffic.print(tokensPerSecond, new PrintWriter(out, true));
        return out.toString();
    }

    @Test
    void testARequestWaitsThenRunsThenHasEnded() {
        traffic.sent("a");
        traffic.sent("b");
        assertThat(view(0)).contains("Running: 0, waiting: 2");

        traffic.received(record("a", 0, 0, 10, null, 1_300));
        assertThat(view(5)).contains("Running: 1, waiting: 1, generation: 5 tok/s", "300");

        traffic.received(record("a", 1, 10, 25, null, 1_500));
        traffic.received(record("a", 2, 35, 0, "stop", 1_700));
        assertThat(traffic.tokens()).isEqualTo(35);
        // 700 ms for 35 tokens of 20 ms.
        assertThat(view(0)).contains("Running: 0, waiting: 1", "Ended: stop 1", "1.000");
    }

    @Test
    void testAnEventOfARequestThatRunsOrHasEndedIsNoneThatWaits() {
        traffic.received(record("a", 3, 60, 25, null, 1_300));
        traffic.sent("a");
        assertThat(view(0)).contains("Running: 1, waiting: 0");

        traffic.received(record("a", 4, 85, 0, "cancelled", 1_300));
        traffic.sent("a");
        assertThat(view(0)).contains("Running: 0, waiting: 0");
    }

    /** Of a request that began before, the first chunk is unknown, but not how long it took. */
    @Test
    void testOfARequestInItsMiddleTheFirstChunkIsUnknown() {
        traffic.received(record("a", 3, 60, 40, null, 2_500));
        traffic.received(record("a", 4, 100, 0, "length", 3_000));

        assertThat(view(0).lines().toList().get(5).split(" +"))
                .containsExactly("", "0", "0", "-", "-", "0", "1.000");
    }

    @Test
    void testWithoutTimesNothingIsMeasured() {
        AudioTokens end = record("a", 0, 50, 0, "stop", 0).tokens();
        traffic.received(new ReceivedTokens(end, 0, -1, -1));

        assertThat(view(0)).contains("Ended: stop 1");
        assertThat(view(0).lines().toList().get(5)).endsWith("-");
    }
}
