package io.rwkvtts.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rwkvtts.schema.AudioTokens;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link FirstChunkTimeline}. */
class FirstChunkTimelineTest {

    private static final long MS = 1_000_000;

    @Test
    void testTheStagesAddUpToTheTimeOfTheFirstChunk() {
        RequestTrace trace = new RequestTrace("a", 1_000 * MS, new StreamPace());
        chunk(trace, 1_300);
        FirstChunkTimeline timeline =
                FirstChunkTimeline.of(List.of(trace), List.of(inJob(1_290, 20, 50, 130, 60)));

        assertMs(timeline.inMs(), 30);
        assertMs(timeline.queueMs(), 20);
        assertMs(timeline.promptMs(), 50);
        assertMs(timeline.firstTokenMs(), 130);
        assertMs(timeline.chunkMs(), 60);
        assertMs(timeline.outMs(), 10);
        assertMs(timeline.stepsMs(), 150);
        assertMs(timeline.promptsMs(), 45);
        assertMs(timeline.otherMs(), 240 - 150 - 45);
    }

    @Test
    void testEachStageHasItsOwnMedian() {
        RequestTrace slowIn = new RequestTrace("a", 0, new StreamPace());
        RequestTrace slowOut = new RequestTrace("b", 0, new StreamPace());
        RequestTrace usual = new RequestTrace("c", 0, new StreamPace());
        chunk(slowIn, 405);
        chunk(slowOut, 405);
        chunk(usual, 310);
        FirstChunkTimeline timeline =
                FirstChunkTimeline.of(
                        List.of(slowIn, slowOut, usual),
                        List.of(
                                inJob(400, 20, 50, 130, 100),
                                inJob(305, 20, 50, 130, 100),
                                inJob(305, 20, 50, 130, 100)));

        assertMs(timeline.inMs(), 5);
        assertMs(timeline.outMs(), 5);
    }

    private static FirstChunkTimes.InJob inJob(
            long chunkAt, long queue, long prompt, long firstToken, long chunk) {
        return new FirstChunkTimes.InJob(
                chunkAt * MS,
                queue * MS,
                prompt * MS,
                firstToken * MS,
                chunk * MS,
                150 * MS,
                45 * MS);
    }

    private static void chunk(RequestTrace trace, long atMs) {
        trace.received(
                AudioTokens.newBuilder()
                        .setRequestId(trace.id())
                        .setSequence(0)
                        .setSegment(0)
                        .setTokenOffset(0)
                        .setModelId("")
                        .setTokens(List.of(1, 2))
                        .build(),
                atMs * MS,
                new Latency());
    }

    private static void assertMs(Percentiles values, double ms) {
        assertThat(values.p50()).isCloseTo(ms, within(ms / 500));
    }
}
