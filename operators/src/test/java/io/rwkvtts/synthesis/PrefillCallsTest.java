package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.Prompt;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.sampling.SamplingParameters;
import io.rwkvtts.scheduling.NanoClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefillCallsTest {

    private static final GenerationLimits LIMITS = new GenerationLimits(0, 10);

    @Test
    void testPiecesOfLikeLengthShareACall() {
        assertThat(calls(1_000, 60, 61, 8, 60, 9)).containsExactly(of(8, 9), of(60, 60, 61));
    }

    @Test
    void testNoCallIsPaddedByMoreThanTheCallsItSaves() {
        assertThat(calls(1_000, 240, 8, 4, 4)).containsExactly(of(4, 4), of(8), of(240));
        assertThat(calls(1_000, 10, 15)).containsExactly(of(10, 15));
        assertThat(calls(1_000, 10, 16)).containsExactly(of(10), of(16));
        assertThat(calls(1_000, 10, 10, 13)).containsExactly(of(10, 10), of(13));
        assertThat(calls(1_000, 10, 12, 14)).containsExactly(of(10, 12, 14));
    }

    @Test
    void testAllCallsTogetherFeedNoMoreThanAllowedAndTheFirstRequestsFirst() {
        assertThat(calls(100, 90, 20, 30)).containsExactly(of(10), of(90));
        assertThat(calls(64, 200)).containsExactly(of(64));
    }

    @Test
    void testNothingIsFedToThoseThatDecode() {
        RunningRequest decoding = request(0, 20);
        decoding.active().fed(new PromptPiece(0, decoding.active().prefill, 0, 20));
        RunningRequest begun = request(1, 20);
        begun.active().fed(new PromptPiece(1, begun.active().prefill, 0, 18));

        List<List<PromptPiece>> calls = PrefillCalls.of(List.of(decoding, begun), 100);
        assertThat(calls).hasSize(1);
        assertThat(calls.get(0))
                .containsExactly(new PromptPiece(1, begun.active().prefill, 18, 20));
        assertThat(PrefillCalls.of(List.of(decoding), 100)).isEmpty();
        assertThat(PrefillCalls.of(List.of(), 100)).isEmpty();
    }

    private static List<Integer> of(Integer... lengths) {
        return List.of(lengths);
    }

    private static List<List<Integer>> calls(int maxTokens, int... prompts) {
        List<RunningRequest> requests = new ArrayList<>();
        for (int prompt : prompts) {
            requests.add(request(requests.size(), prompt));
        }
        return PrefillCalls.of(requests, maxTokens).stream()
                .map(call -> call.stream().map(PromptPiece::length).toList())
                .toList();
    }

    private static RunningRequest request(int slot, int promptTokens) {
        SegmentGeneration generation =
                new SegmentGeneration(
                        1, 0, GenerationProgress.START, LIMITS, SamplingParameters.SEMANTIC);
        Prompt prompt = new Prompt(new int[promptTokens], 0, GenerationProgress.START);
        RunningRequest running =
                new RunningRequest(
                        TestLoop.request("request-" + slot),
                        slot,
                        new LoopClock(NanoClock.SYSTEM),
                        0);
        running.begin(new ActiveSegment(slot, prompt, LIMITS, generation), 1);
        return running;
    }
}
