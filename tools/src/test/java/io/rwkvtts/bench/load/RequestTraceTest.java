package io.rwkvtts.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.rwkvtts.schema.AudioTokens;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** {@link RequestTrace}. */
class RequestTraceTest {

    private static final long MS = 1_000_000;

    private final Latency interTokens = new Latency();
    private final RequestTrace trace = new RequestTrace("a", 1_000 * MS, new StreamPace());

    @Test
    void testTimesCountFromWhenTheRequestWasDue() {
        chunk(10, 1_300);
        chunk(25, 1_400);
        end("stop", 1_450);

        assertThat(trace.finished()).isTrue();
        assertThat(trace.firstChunkNanos()).isEqualTo(300 * MS);
        assertThat(trace.totalNanos()).isEqualTo(450 * MS);
        assertThat(trace.tokens()).isEqualTo(35);
        assertThat(trace.realTimeFactor()).isEqualTo(0.45 / 0.7);
        assertThat(interTokens.percentiles().p50()).isEqualTo(4, offset(0.01));
    }

    @Test
    void testAListenerWaitsForAChunkThatIsNotThereWhenTheOneBeforeIsPlayed() {
        chunk(10, 1_300);
        chunk(25, 1_650);
        chunk(25, 2_000);

        // The first chunk lasts until 1500 ms; the second comes 150 ms too late.
        assertThat(trace.longestWaitNanos()).isEqualTo(150 * MS);
    }

    @Test
    void testARequestThatWasCutOffByTheJobIsNotComplete() {
        chunk(10, 1_300);
        end("overloaded", 1_400);

        assertThat(trace.ended()).isTrue();
        assertThat(trace.finished()).isFalse();
    }

    private void chunk(int tokens, long atMs) {
        trace.received(
                record().setTokens(Collections.nCopies(tokens, 1)).build(), atMs * MS, interTokens);
    }

    private void end(String reason, long atMs) {
        trace.received(record().setFinishReason(reason).build(), atMs * MS, interTokens);
    }

    private static AudioTokens.Builder record() {
        return AudioTokens.newBuilder()
                .setRequestId("a")
                .setSequence(0)
                .setSegment(0)
                .setTokenOffset(0)
                .setModelId("");
    }
}
