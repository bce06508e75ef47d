package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.operator.SynthesisSettings.SnapshotMode;
import io.rwkvtts.synthesis.RequestAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SynthesizeOperatorTest {

    private static final String TWO_SENTENCES =
            "The first sentence is about as long as this. The second one is here.";

    private static List<RequestEvent> requests(int count) {
        List<RequestEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(Events.whole("request-" + i, "Sentence " + i + " " + TWO_SENTENCES));
        }
        return events;
    }

    private static Map<String, List<String>> undisturbed(List<RequestEvent> events)
            throws Exception {
        try (SpeakingTask task = SpeakingTask.open()) {
            for (RequestEvent event : events) {
                task.process(event);
                task.drain();
            }
            return task.speech();
        }
    }

    private static List<String> finishReasons(SpeakingTask task, String id) {
        return task.chunks().stream()
                .filter(chunk -> chunk.requestId().equals(id) && chunk.finishReason() != null)
                .map(AudioChunk::finishReason)
                .toList();
    }

    @Test
    void testSpeaksManyRequestsAtOnceAsItSpeaksEachAlone() throws Exception {
        List<RequestEvent> events = requests(20);
        try (SpeakingTask task = SpeakingTask.open()) {
            for (RequestEvent event : events) {
                task.process(event);
                task.steps(3);
            }
            task.drain();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
            for (RequestEvent event : events) {
                assertThat(finishReasons(task, event.requestId())).hasSize(1);
            }
        }
    }

    @Test
    void testRecordsCarryConsecutiveNumbersAndTheVoiceOnceASegment() throws Exception {
        try (SpeakingTask task = SpeakingTask.open()) {
            task.process(requests(1).get(0));
            task.drain();
            long sequence = 0;
            long offset = 0;
            int segment = -1;
            for (AudioChunk chunk : task.chunks()) {
                assertThat(chunk.sequence()).isEqualTo(sequence++);
                assertThat(chunk.tokenOffset()).isEqualTo(offset);
                offset += chunk.tokens().length;
                if (chunk.finishReason() == null) {
                    assertThat(chunk.globalTokens() != null).isEqualTo(chunk.segment() > segment);
                    segment = chunk.segment();
                }
                assertThat(chunk.modelId()).isEqualTo("scripted-weights");
                assertThat(chunk.requestTimestampMs()).isEqualTo(Events.TIMESTAMP);
            }
            assertThat(segment).isEqualTo(1);
        }
    }

    @Test
    void testEventsOutOfOrderOrSplitAnywhereAreSpokenAsOneText() throws Exception {
        RequestEvent whole = Events.whole("r", TWO_SENTENCES);
        Map<String, List<String>> expected = undisturbed(List.of(whole));
        Random random = new Random(5);
        for (int run = 0; run < 20; run++) {
            int cut = random.nextInt(TWO_SENTENCES.length());
            RequestEvent first = Events.piece("r", 0, TWO_SENTENCES.substring(0, cut), false);
            RequestEvent second = Events.piece("r", 1, TWO_SENTENCES.substring(cut), true);
            boolean swapped = random.nextBoolean();
            try (SpeakingTask task = SpeakingTask.open()) {
                task.process(swapped ? second : first);
                task.steps(random.nextInt(100));
                task.process(swapped ? first : second);
                task.drain();
                assertThat(task.speech()).isEqualTo(expected);
            }
        }
    }

    @Test
    void testDuplicateAndLateEventsChangeNothing() throws Exception {
        RequestEvent event = Events.whole("r", TWO_SENTENCES);
        try (SpeakingTask task = SpeakingTask.open()) {
            task.process(event);
            task.process(event);
            task.steps(40);
            task.process(event);
            task.drain();
            task.process(event);
            task.process(Events.cancel("r"));
            task.drain();
            assertThat(task.speech()).isEqualTo(undisturbed(List.of(event)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void testGoesOnInMidSpeechFromAnySnapshot(SnapshotMode mode) throws Exception {
        List<RequestEvent> events = requests(9);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        Random random = new Random(7);
        OperatorSubtaskState state = null;
        int fed = 0;
        boolean busy = true;
        while (fed < events.size() || busy) {
            SpeakingTask.Builder
                    builder = // Without state a restore must get through its tokens before the next
                            // crash.
                            new SpeakingTask.Builder()
                                    .snapshots(mode)
                                    .prefillChunkTokens(mode == SnapshotMode.STATE ? 16 : 4_096);
            try (SpeakingTask task = (state == null ? builder : builder.restore(state)).open()) {
                for (int i = random.nextInt(3); i > 0 && fed < events.size(); i--) {
                    task.process(events.get(fed++));
                }
                task.steps(random.nextInt(30));
                task.append(speech);
                state = task.snapshot();
                // What happens behind the snapshot is lost with the task.
                task.steps(random.nextInt(30));
                busy = task.busy();
                if (!busy) {
                    // Unless it was the end: then say the rest once more from the snapshot.
                    try (SpeakingTask last = new SpeakingTask.Builder().restore(state).open()) {
                        last.drain();
                        last.append(speech);
                    }
                }
            }
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    @Test
    void testRescalesInMidSpeech() throws Exception {
        List<RequestEvent> events = requests(16);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        OperatorSubtaskState one;
        try (SpeakingTask task = SpeakingTask.open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.steps(50);
            one = task.snapshot();
            task.append(speech);
        }
        OperatorSubtaskState[] two = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (SpeakingTask task =
                    new SpeakingTask.Builder().subtask(subtask, 2).restore(one).open()) {
                assertThat(task.busy()).isTrue();
                task.steps(50);
                two[subtask] = task.snapshot();
                task.append(speech);
            }
        }
        try (SpeakingTask task =
                new SpeakingTask.Builder()
                        .restore(AbstractStreamOperatorTestHarness.repackageState(two), 2)
                        .open()) {
            task.drain();
            task.append(speech);
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    @Test
    void testCancelFreesTheSlotWithoutAnotherStep() throws Exception {
        try (SpeakingTask task =
                new SpeakingTask.Builder().engine(() -> SpeakingTask.scripted(1)).open()) {
            List<RequestEvent> events = requests(2);
            task.process(events.get(0));
            task.process(events.get(1));
            task.steps(20);
            task.process(Events.cancel("request-0"));
            assertThat(finishReasons(task, "request-0")).containsExactly("cancelled");
            task.drain();
            assertThat(task.speech().get("request-1"))
                    .isEqualTo(undisturbed(events).get("request-1"));
            assertThat(finishReasons(task, "request-0")).containsExactly("cancelled");
        }
    }

    @Test
    void testCancelEndsAWaitingRequestAndOneThatHasNotCome() throws Exception {
        try (SpeakingTask task =
                new SpeakingTask.Builder().engine(() -> SpeakingTask.scripted(1)).open()) {
            List<RequestEvent> events = requests(2);
            task.process(events.get(0));
            task.process(events.get(1));
            task.steps(1);
            task.process(Events.cancel("request-1"));
            task.process(Events.cancel("never-seen"));
            task.process(Events.whole("never-seen", TWO_SENTENCES));
            task.drain();
            assertThat(task.speech().get("request-1")).hasSize(1);
            assertThat(finishReasons(task, "request-1")).containsExactly("cancelled");
            assertThat(task.speech().get("never-seen")).hasSize(1);
        }
    }

    @Test
    void testInvalidEventEndsItsRequestOnce() throws Exception {
        try (SpeakingTask task = SpeakingTask.open()) {
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.steps(50);
            task.process(Events.piece("r", 1, "more", true).rejected("speed is \"warp\""));
            task.process(Events.piece("r", 2, "more", true).rejected("again"));
            task.drain();
            AudioChunk end = task.chunks().get(task.chunks().size() - 1);
            assertThat(end.finishReason()).isEqualTo("error");
            assertThat(end.error()).isEqualTo("speed is \"warp\"");
            assertThat(finishReasons(task, "r")).hasSize(1);
        }
    }

    @Test
    void testTextThatGrowsTooLongBecomesADeadLetterAndEndsTheRequest() throws Exception {
        try (SpeakingTask task = new SpeakingTask.Builder().maxTextChars(30).open()) {
            task.process(Events.piece("r", 0, "x".repeat(20), false));
            task.process(Events.piece("r", 1, "x".repeat(20), true));
            assertThat(finishReasons(task, "r")).containsExactly("error");
            assertThat(task.deadLetters()).hasSize(1);
            RejectedRecord letter = task.deadLetters().get(0);
            assertThat(letter.reason()).isEqualTo("invalid");
            assertThat(letter.detail()).contains("tts.text.max-chars");
            assertThat(letter.origin()).hasToString("requests-0@1");
            assertThat(letter.payload()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void testTextWithNothingToSpeakBecomesADeadLetterAndEndsTheRequest() throws Exception {
        try (SpeakingTask task = SpeakingTask.open()) {
            task.process(Events.whole("r", "… !!"));
            assertThat(finishReasons(task, "r")).containsExactly("error");
            assertThat(task.deadLetters()).hasSize(1);
        }
    }

    @Test
    void testRequestThatIsNotContinuedExpires() throws Exception {
        long idle = SpeakingTask.IDLE_TIMEOUT.toMillis();
        try (SpeakingTask task = SpeakingTask.open()) {
            task.setTime(10);
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.process(Events.piece("gap", 1, TWO_SENTENCES, true));
            task.drain();
            task.setTime(idle);
            task.process(Events.piece("r", 1, " More.", false));
            task.drain();
            task.setTime(10 + idle);
            assertThat(finishReasons(task, "gap")).containsExactly("expired");
            assertThat(finishReasons(task, "r")).isEmpty();
            task.setTime(2 * idle - 1);
            assertThat(finishReasons(task, "r")).isEmpty();
            task.setTime(2 * idle);
            assertThat(finishReasons(task, "r")).containsExactly("expired");
        }
    }

    @Test
    void testTimeInWhichTheJobWasAwayDoesNotCountAsIdle() throws Exception {
        long idle = SpeakingTask.IDLE_TIMEOUT.toMillis();
        OperatorSubtaskState state;
        try (SpeakingTask task = SpeakingTask.open()) {
            task.setTime(0);
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.drain();
            state = task.snapshot();
        }
        long restart = 5 * idle;
        try (SpeakingTask task =
                new SpeakingTask.Builder().startAt(restart).restore(state).open()) {
            task.setTime(restart + idle - 1);
            assertThat(finishReasons(task, "r")).isEmpty();
            task.setTime(restart + 2 * idle);
            assertThat(finishReasons(task, "r")).containsExactly("expired");
        }
    }

    @Test
    void testRequestThatSpeaksOrWaitsForASlotDoesNotExpire() throws Exception {
        long idle = SpeakingTask.IDLE_TIMEOUT.toMillis();
        try (SpeakingTask task =
                new SpeakingTask.Builder().engine(() -> SpeakingTask.scripted(1)).open()) {
            task.setTime(0);
            task.process(Events.piece("speaks", 0, TWO_SENTENCES, false));
            task.steps(5);
            task.process(Events.piece("waits", 0, TWO_SENTENCES, false));
            task.setTime(idle + 1);
            task.drain();
            assertThat(finishReasons(task, "speaks")).isEmpty();
            assertThat(finishReasons(task, "waits")).isEmpty();
            task.setTime(3 * idle);
            assertThat(finishReasons(task, "speaks")).containsExactly("expired");
            assertThat(finishReasons(task, "waits")).containsExactly("expired");
        }
    }

    @Test
    void testTimersOfFinishedRequestsAreForgotten() throws Exception {
        try (SpeakingTask task = SpeakingTask.open()) {
            task.setTime(0);
            for (int i = 0; i < 10; i++) {
                task.process(
                        Events.with("r" + i, TWO_SENTENCES, Attributes.of("deadlineMs", 1L << 50)));
            }
            assertThat(task.timers()).isEqualTo(10);
            task.drain();
            assertThat(task.timers()).isZero();
        }
    }

    @Test
    void testDeadlineEndsARequestWaitingOrRunning() throws Exception {
        try (SpeakingTask task =
                new SpeakingTask.Builder().engine(() -> SpeakingTask.scripted(1)).open()) {
            task.setTime(0);
            task.process(
                    Events.with("running", TWO_SENTENCES, Attributes.of("deadlineMs", 1_000L)));
            task.steps(3);
            task.process(
                    Events.with("waiting", TWO_SENTENCES, Attributes.of("deadlineMs", 2_000L)));
            task.setTime(999);
            assertThat(task.chunks()).isEmpty();
            task.setTime(2_000);
            assertThat(finishReasons(task, "running")).containsExactly("deadline");
            assertThat(finishReasons(task, "waiting")).containsExactly("deadline");
            assertThat(task.busy()).isFalse();
        }
    }

    @Test
    void testHigherPriorityIsAdmittedFirst() throws Exception {
        try (SpeakingTask task =
                new SpeakingTask.Builder().engine(() -> SpeakingTask.scripted(1)).open()) {
            task.process(Events.whole("first", TWO_SENTENCES));
            task.steps(1);
            task.process(Events.whole("second", TWO_SENTENCES));
            task.process(Events.with("urgent", TWO_SENTENCES, Attributes.of("priority", 1)));
            task.drain();
            assertThat(task.speech().keySet()).containsExactly("first", "urgent", "second");
        }
    }

    @Test
    void testFinishedIdsAreForgottenAfterTheWindow() throws Exception {
        long window = SpeakingTask.DEDUP_WINDOW.toMillis();
        try (SpeakingTask task = SpeakingTask.open()) {
            task.setTime(0);
            task.process(Events.cancel("r"));
            task.setTime(window - 1);
            task.process(Events.cancel("r"));
            assertThat(finishReasons(task, "r")).hasSize(1);
            task.setTime(window);
            task.process(Events.cancel("r"));
            assertThat(finishReasons(task, "r")).hasSize(2);
        }
    }

    @Test
    void testHoldsInputBackWhenTooManyAreOpenAndStillServesAll() throws Exception {
        List<RequestEvent> events = requests(12);
        try (SpeakingTask task =
                new SpeakingTask.Builder()
                        .engine(() -> SpeakingTask.scripted(1))
                        .queueCapacity(2)
                        .open()) {
            for (RequestEvent event : events) {
                task.process(event);
                // One runs; with two more the next has to wait, and its wait runs steps.
                assertThat(task.unfinished()).isLessThanOrEqualTo(4);
            }
            task.drain();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
        }
    }

    @Test
    void testRejectsWhatFindsTheQueueFullIfToldSo() throws Exception {
        List<RequestEvent> events = requests(5);
        try (SpeakingTask task =
                new SpeakingTask.Builder()
                        .engine(() -> SpeakingTask.scripted(1))
                        .queueCapacity(2)
                        .rejectWhenFull()
                        .open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            for (RequestEvent event : events.subList(2, 5)) {
                assertThat(finishReasons(task, event.requestId())).containsExactly("overloaded");
            }
            task.drain();
            assertThat(task.speech().get("request-0"))
                    .isEqualTo(undisturbed(events).get("request-0"));
            assertThat(finishReasons(task, "request-1")).containsExactly("stop");
        }
    }

    @Test
    void testRejectsNoneThatIsAcceptedAlready() throws Exception {
        try (SpeakingTask task =
                new SpeakingTask.Builder().queueCapacity(2).rejectWhenFull().open()) {
            task.process(Events.piece("a", 0, TWO_SENTENCES, false));
            task.process(Events.piece("b", 0, TWO_SENTENCES, false));
            task.process(Events.piece("c", 0, TWO_SENTENCES, false));
            task.process(Events.piece("a", 1, " More.", true));
            task.process(Events.piece("b", 1, " More.", true));
            task.drain();
            assertThat(finishReasons(task, "a")).containsExactly("stop");
            assertThat(finishReasons(task, "b")).containsExactly("stop");
            assertThat(finishReasons(task, "c")).containsExactly("overloaded");
        }
    }

    @Test
    void testFinishedIdsAreRememberedOverARestore() throws Exception {
        OperatorSubtaskState state;
        try (SpeakingTask task = SpeakingTask.open()) {
            task.process(Events.whole("r", TWO_SENTENCES));
            task.drain();
            state = task.snapshot();
        }
        try (SpeakingTask task = new SpeakingTask.Builder().restore(state).open()) {
            task.process(Events.whole("r", TWO_SENTENCES));
            task.drain();
            assertThat(task.chunks()).isEmpty();
        }
    }

    @Test
    void testSnapshotInTheMiddleOfRecomputingLosesNothing() throws Exception {
        List<RequestEvent> events = requests(3);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        OperatorSubtaskState state;
        try (SpeakingTask task = tokensMode().open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.steps(40);
            state = task.snapshot();
            task.append(speech);
        }
        try (SpeakingTask task = tokensMode().restore(state).open()) {
            // Pieces of 16: far from through.
            task.steps(2);
            state = task.snapshot();
            task.append(speech);
        }
        // What a mode of states finds of a recomputation that is not over must not pass for one.
        try (SpeakingTask task =
                new SpeakingTask.Builder().prefillChunkTokens(16).restore(state).open()) {
            task.steps(2);
            state = task.snapshot();
            task.append(speech);
        }
        try (SpeakingTask task = new SpeakingTask.Builder().restore(state).open()) {
            task.drain();
            task.append(speech);
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    private static SpeakingTask.Builder tokensMode() {
        return new SpeakingTask.Builder().snapshots(SnapshotMode.TOKENS).prefillChunkTokens(16);
    }

    @Test
    void testTenantBeyondItsRateWaitsAndTheOthersDoNot() throws Exception {
        try (SpeakingTask task = new SpeakingTask.Builder().tenantRequestsPerSecond(1e-6).open()) {
            RequestAttributes greedy = Attributes.of("tenant", "greedy");
            task.process(Events.with("first", TWO_SENTENCES, greedy));
            task.process(Events.with("second", TWO_SENTENCES, greedy));
            task.drain();
            assertThat(finishReasons(task, "first")).hasSize(1);
            assertThat(task.busy()).isFalse();

            task.process(Events.with("other", TWO_SENTENCES, Attributes.of("tenant", "modest")));
            task.drain();
            assertThat(finishReasons(task, "other")).hasSize(1);
            assertThat(finishReasons(task, "second")).isEmpty();
        }
    }

    @Test
    void testTenantBeyondItsRateGoesOnWhenTimeHasPassed() throws Exception {
        try (SpeakingTask task = new SpeakingTask.Builder().tenantRequestsPerSecond(1_000).open()) {
            RequestAttributes tenant = Attributes.of("tenant", "t");
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                ids.add("request-" + i);
                task.process(Events.with("request-" + i, TWO_SENTENCES, tenant));
            }
            long now = 0;
            while (ids.stream().anyMatch(id -> finishReasons(task, id).isEmpty())) {
                task.drain();
                task.setTime(now += 10);
            }
        }
    }

    @Test
    void testEndOfInputSpeaksWhatIsComplete() throws Exception {
        List<RequestEvent> events = requests(8);
        try (SpeakingTask task = SpeakingTask.open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.process(Events.piece("unfinished", 0, "And then", false));
            task.endInput();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
        }
    }

    @Test
    void testNothingIsKeptOfAFinishedRequestButItsId() throws Exception {
        try (SpeakingTask task = SpeakingTask.open()) {
            for (RequestEvent event : requests(5)) {
                task.process(event);
            }
            task.drain();
            assertThat(task.storedRequests()).isEqualTo(5);
        }
    }

    @Test
    void testRefusesToGoOnWithOtherWeights() throws Exception {
        OperatorSubtaskState state = inMidSpeech();
        SpeakingTask.Builder other =
                new SpeakingTask.Builder()
                        .engine(() -> SpeakingTask.scripted(4, model("other", "scripted-numerics")))
                        .restore(state);
        assertThatThrownBy(other::open)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("request-0")
                .hasMessageContaining("scripted-weights")
                .hasMessageContaining("other");
    }

    @Test
    void testGoesOnWithOtherWeightsFromItsTokensIfToldSo() throws Exception {
        List<RequestEvent> events = requests(1);
        try (SpeakingTask task =
                new SpeakingTask.Builder()
                        .engine(() -> SpeakingTask.scripted(4, model("other", "numerics")))
                        .recomputeForOtherWeights()
                        .restore(inMidSpeech())
                        .open()) {
            task.drain();
            List<String> goneOn = task.speech().get("request-0");
            // The scripted engine says the same whatever the id of its weights.
            List<String> expected = undisturbed(events).get("request-0");
            assertThat(goneOn)
                    .isEqualTo(
                            expected.stream()
                                    .map(record -> record.replace("scripted-weights", "other"))
                                    .toList());
        }
    }

    @Test
    void testRefusesToRecomputeWithAModelThatDoesNotKnowThePrompt() throws Exception {
        EngineModel small =
                new EngineModel("small", "n", 1, 12_590, 8193, model("x", "x").stateBytes());
        SpeakingTask.Builder other =
                new SpeakingTask.Builder()
                        .engine(() -> SpeakingTask.scripted(4, small))
                        .recomputeForOtherWeights()
                        .restore(inMidSpeech());
        assertThatThrownBy(other::open).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void testGoesOnWithOtherNumerics() throws Exception {
        try (SpeakingTask task =
                new SpeakingTask.Builder()
                        .engine(() -> SpeakingTask.scripted(4, model("scripted-weights", "avx9")))
                        .restore(inMidSpeech())
                        .open()) {
            task.drain();
            assertThat(finishReasons(task, "request-0")).hasSize(1);
        }
    }

    private static EngineModel model(String weights, String numerics) {
        EngineModel scripted = ScriptedEngine.model(12_686, 8193);
        return new EngineModel(
                weights,
                numerics,
                scripted.stateLayout(),
                scripted.vocabRows(),
                scripted.headRows(),
                scripted.stateBytes());
    }

    private static OperatorSubtaskState inMidSpeech() throws Exception {
        try (SpeakingTask task = SpeakingTask.open()) {
            task.process(requests(1).get(0));
            task.steps(20);
            return task.snapshot();
        }
    }

    @Test
    void testRefusesToStartForGoodWithAModelThatDoesNotFitTheVocabulary() {
        SpeakingTask.Builder small =
                new SpeakingTask.Builder()
                        .engine(() -> SpeakingTask.scripted(1, ScriptedEngine.model(12_300, 8193)));
        assertThatThrownBy(small::open)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("12300");
    }
}
