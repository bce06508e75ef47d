package io.rwkvtts.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.schema.AudioTokens;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** {@link StreamPace}. */
class StreamPaceTest {

    private static final long MS = 1_000_000;

    private final StreamPace stream = new StreamPace();

    @Test
    void testThePaceIsThatBetweenChunks() {
        stream.chunk(10, 1_300 * MS);
        stream.restart();
        stream.chunk(25, 1_400 * MS);
        stream.chunk(25, 1_650 * MS);
        stream.chunk(25, 1_900 * MS);

        assertThat(stream.chunks()).isEqualTo(3);
        assertThat(stream.tokensPerSecond()).isEqualTo(100);
    }

    @Test
    void testThePaceContinuesWithTheNextRequestOfTheStream() {
        RequestTrace first = new RequestTrace("a", 1_000 * MS, stream);
        chunk(first, 10, 1_100);
        end(first, 1_200);
        stream.restart();
        RequestTrace second = new RequestTrace("b", 1_200 * MS, first.stream());
        chunk(second, 10, 1_300);
        chunk(second, 25, 1_500);
        end(second, 1_500);
        chunk(new RequestTrace("c", 1_500 * MS, second.stream()), 10, 2_000);

        assertThat(stream.chunks()).isEqualTo(3);
        assertThat(stream.tokensPerSecond()).isEqualTo(35 / 0.7);
    }

    private static void chunk(RequestTrace trace, int tokens, long atMs) {
        AudioTokens.Builder record = record(trace).setTokens(Collections.nCopies(tokens, 1));
        trace.received(record.build(), atMs * MS, new Latency());
    }

    private static void end(RequestTrace trace, long atMs) {
        trace.received(record(trace).setFinishReason("length").build(), atMs * MS, new Latency());
    }

    private static AudioTokens.Builder record(RequestTrace trace) {
        return AudioTokens.newBuilder()
                .setRequestId(trace.id())
                .setSequence(0)
                .setSegment(0)
                .setTokenOffset(0)
                .setModelId("");
    }
}
