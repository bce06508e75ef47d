package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.protocol.GenerationLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SynthesisLoopTest {

    private static final String THREE_SENTENCES =
            "This is the first sentence of three. Here is the second sentence. And the third one.";

    private final RecordedSpeech speech = new RecordedSpeech();

    private static SynthesisLoop loop(
            ScriptedEngine engine, GenerationLimits limits, int prefillTokens, SpeechOutput out) {
        return TestLoop.on(engine).limits(limits).prefillTokens(prefillTokens).output(out).open();
    }

    private static ScriptedEngine engineOf(int slots) {
        return new ScriptedEngine(ScriptedEngine.model(12_686, 8193), slots);
    }

    private static ScriptedEngine engine(int slots) {
        return engineOf(slots).endAfter(prompt -> 1 + (int) Math.floorMod(prompt, 90L));
    }

    private static RecordedSpeech alone(Map<String, String> texts, GenerationLimits limits) {
        RecordedSpeech undisturbed = new RecordedSpeech();
        SynthesisLoop loop = loop(engine(1), limits, 10_000, undisturbed);
        texts.forEach(
                (id, text) -> {
                    loop.admit(TestLoop.request(id, text), System.nanoTime());
                    TestLoop.run(loop);
                });
        return undisturbed;
    }

    private static Map<String, String> texts(int count) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            texts.put(
                    "request-" + i,
                    "Sentence number " + i + " is here." + " So is this one.".repeat(i % 3));
        }
        return texts;
    }

    private static final GenerationLimits LIMITS = new GenerationLimits(0, 80);

    @Test
    void testCutsASegmentIntoAShortChunkAndLongerOnes() {
        SynthesisLoop loop = loop(engineOf(1).endAfter(64), LIMITS, 256, speech);
        loop.admit(TestLoop.request("r", "Hello."), System.nanoTime());
        TestLoop.run(loop);

        List<String> records = speech.records.get("r");
        assertThat(records).hasSize(5);
        assertThat(records.get(0)).startsWith("#0 segment 0 +0 [").doesNotEndWith("null");
        assertThat(records.get(1)).startsWith("#1 segment 0 +10 [").endsWith("null");
        assertThat(records.get(2)).startsWith("#2 segment 0 +35 [");
        assertThat(records.get(3)).startsWith("#3 segment 0 +60 [");
        assertThat(records.get(4)).isEqualTo("#4 STOP");
    }

    @Test
    void testChunkThatEndsWithTheSegmentIsNotFollowedByAnEmptyOne() {
        SynthesisLoop loop = loop(engineOf(1).endAfter(35), LIMITS, 256, speech);
        loop.admit(TestLoop.request("r", "Hello."), System.nanoTime());
        TestLoop.run(loop);
        assertThat(speech.records.get("r")).hasSize(3).last().isEqualTo("#2 STOP");
    }

    @Test
    void testEmptySegmentEndsWithoutChunk() {
        SynthesisLoop loop = loop(engineOf(1).endAfter(0), LIMITS, 256, speech);
        loop.admit(TestLoop.request("r", "Hello."), System.nanoTime());
        TestLoop.run(loop);
        assertThat(speech.records.get("r")).containsExactly("#0 STOP");
    }

    @Test
    void testSegmentAtItsLimitEndsWithLength() {
        SynthesisLoop loop =
                loop(engineOf(1).endAfter(1_000), new GenerationLimits(0, 12), 256, speech);
        loop.admit(TestLoop.request("r", "Hello."), System.nanoTime());
        TestLoop.run(loop);
        assertThat(speech.finished).containsEntry("r", FinishReason.LENGTH);
        assertThat(speech.records.get("r")).hasSize(3);
    }

    @Test
    void testLaterSegmentsTakeOverTheGlobalTokensOfTheFirst() {
        SynthesisLoop loop = loop(engineOf(1).endAfter(5), LIMITS, 256, speech);
        loop.admit(TestLoop.request("r", THREE_SENTENCES), System.nanoTime());
        TestLoop.run(loop);

        List<String> records = speech.records.get("r");
        assertThat(records).hasSize(4);
        String globals = records.get(0).substring(records.get(0).lastIndexOf('['));
        assertThat(records.get(1)).startsWith("#1 segment 1 +5").endsWith(globals);
        assertThat(records.get(2)).startsWith("#2 segment 2 +10").endsWith(globals);
        assertThat(records.get(3)).isEqualTo("#3 STOP");
    }

    @Test
    void testTokensDoNotDependOnTheOtherRequestsNorOnPrefillPieces() {
        Map<String, String> texts = texts(40);
        RecordedSpeech undisturbed = alone(texts, LIMITS);
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            RecordedSpeech together = new RecordedSpeech();
            SynthesisLoop loop =
                    loop(engine(1 + random.nextInt(8)), LIMITS, 1 + random.nextInt(60), together);
            Queue<String> waiting = new ArrayDeque<>(texts.keySet());
            while (loop.hasWork() || !waiting.isEmpty()) {
                while (loop.hasFreeSlot() && !waiting.isEmpty() && random.nextInt(4) > 0) {
                    String id = waiting.remove();
                    loop.admit(TestLoop.request(id, texts.get(id)), System.nanoTime());
                }
                loop.step();
            }
            assertThat(together.records).containsExactlyInAnyOrderEntriesOf(undisturbed.records);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void testContinuesFromASnapshotTakenAtAnyStepWithTheSameRecords(boolean withState) {
        Map<String, String> texts = texts(6);
        RecordedSpeech undisturbed = alone(texts, LIMITS);
        Random random = new Random(3);
        RecordedSpeech interrupted = new RecordedSpeech();
        List<SpeechRequest> requests = new ArrayList<>();
        texts.forEach((id, text) -> requests.add(TestLoop.request(id, text)));
        int crashes = 0;
        while (!requests.isEmpty()) {
            // Without state a restore must get through its tokens before the next crash.
            SynthesisLoop loop = loop(engine(6), LIMITS, withState ? 7 : 10_000, interrupted);
            requests.forEach(request -> loop.admit(request, System.nanoTime()));
            for (int steps = random.nextInt(4); steps >= 0 && loop.hasWork(); steps--) {
                loop.step();
            }
            List<RequestSnapshot> snapshots = loop.snapshots(withState);
            requests.clear();
            snapshots.forEach(
                    s ->
                            requests.add(
                                    SpeechRequest.restore(s, TestLoop.MAX_CHARS, TestLoop.TERMS)));
            crashes++;
        }
        assertThat(crashes).isGreaterThan(50);
        assertThat(interrupted.records).containsExactlyInAnyOrderEntriesOf(undisturbed.records);
    }

    /** A checkpoint can come between the admission of a restored request and its first step. */
    @Test
    void testSnapshotBeforeTheFirstStepHasTheStateOfTheOneBefore() {
        SynthesisLoop former = loop(engine(2), LIMITS, 256, speech);
        former.admit(TestLoop.request("a", THREE_SENTENCES), System.nanoTime());
        former.admit(TestLoop.request("b", "Hello."), System.nanoTime());
        for (int step = 0; step < 40; step++) {
            former.step();
        }
        List<RequestSnapshot> snapshots = former.snapshots(true);
        SynthesisLoop next = loop(engine(2), LIMITS, 256, new RecordedSpeech());
        for (RequestSnapshot snapshot : snapshots) {
            next.admit(
                    SpeechRequest.restore(snapshot, TestLoop.MAX_CHARS, TestLoop.TERMS),
                    System.nanoTime());
        }

        assertThat(snapshots).hasSize(2).allMatch(s -> s.active().state() != null);
        assertThat(next.snapshots(true)).usingRecursiveComparison().isEqualTo(snapshots);
    }

    @Test
    void testParksARequestUntilMoreTextComesAndContinuesAsIfItHadBeenThere() {
        RecordedSpeech undisturbed = alone(Map.of("r", THREE_SENTENCES), LIMITS);

        SynthesisLoop loop = loop(engine(1), LIMITS, 256, speech);
        SpeechRequest request = TestLoop.request("r");
        for (int i = 0; i < THREE_SENTENCES.length(); i++) {
            boolean last = i == THREE_SENTENCES.length() - 1;
            request.accept(
                    new TextPiece(i, THREE_SENTENCES.substring(i, i + 1), last),
                    RequestAttributes.NONE,
                    i);
            if (!loop.hasWork() && loop.canUseSlot(request)) {
                loop.admit(request, System.nanoTime());
                TestLoop.run(loop);
            }
        }
        assertThat(speech.parked).hasSize(2);
        assertThat(speech.records).isEqualTo(undisturbed.records);
    }

    /** However they are written and sent, the prompts are the same. */
    @Test
    void testTextsThatSoundTheSameGiveTheSameRecords() {
        RecordedSpeech plain = alone(Map.of("r", "Café is open. Come in, then!"), LIMITS);
        SpeechRequest request = TestLoop.request("r");
        String written =
                "\uFEFFCafe\u0301 is\u00A0\u2003op\u00ADen.\u200E\r\n\u202ACome in,\tthen!\u202C";
        for (int i = 0; i < written.length(); i++) {
            boolean last = i == written.length() - 1;
            request.accept(
                    new TextPiece(i, written.substring(i, i + 1), last), RequestAttributes.NONE, i);
        }
        SynthesisLoop loop = loop(engine(1), LIMITS, 256, speech);
        loop.admit(request, System.nanoTime());
        TestLoop.run(loop);
        assertThat(speech.records).isEqualTo(plain.records);
    }

    @Test
    void testClocksCountTheWaitForTheSlot() {
        List<RequestClock> clocks = new ArrayList<>();
        LoopObserver observer =
                new LoopObserver() {
                    @Override
                    public void firstChunk(SpeechRequest request, RequestClock clock) {
                        clocks.add(clock);
                    }
                };
        SynthesisLoop loop =
                TestLoop.on(engine(1)).limits(LIMITS).output(speech).observer(observer).open();
        long second = 1_000_000_000L;
        loop.admit(TestLoop.request("r", THREE_SENTENCES), System.nanoTime() - 5 * second);
        TestLoop.run(loop);
        assertThat(clocks).hasSize(1);
        assertThat(clocks.get(0).queueNanos()).isBetween(5 * second, 60 * second);
        assertThat(clocks.get(0).firstChunkNanos()).isGreaterThan(clocks.get(0).queueNanos());
    }

    /** The process before has fed it. */
    @Test
    void testAPromptThatARestoreNeedNotFeedTakesNoTime() {
        SynthesisLoop former = TestLoop.on(engineOf(1).endAfter(70)).limits(LIMITS).open();
        former.admit(TestLoop.request("r", "Hello."), System.nanoTime());
        former.step();
        former.step();
        RequestSnapshot snapshot = former.snapshots(true).get(0);
        List<RequestClock> clocks = new ArrayList<>();
        LoopObserver observer =
                new LoopObserver() {
                    @Override
                    public void finished(RequestClock clock, String arm) {
                        clocks.add(clock);
                    }
                };
        SynthesisLoop next =
                TestLoop.on(engineOf(1).endAfter(70)).limits(LIMITS).observer(observer).open();
        long start = System.nanoTime();
        next.admit(SpeechRequest.restore(snapshot, TestLoop.MAX_CHARS, TestLoop.TERMS), start);
        TestLoop.run(next);
        long all = System.nanoTime() - start;

        assertThat(clocks).hasSize(1);
        assertThat(clocks.get(0).prefillNanos()).isBetween(0L, all);
        assertThat(clocks.get(0).decodeNanos()).isBetween(0L, all);
    }

    /** Each call of the engine takes as long as it says. */
    @Test
    void testClocksTellWhatTheLoopComputedFromTheSlotToTheFirstChunk() {
        AtomicLong now = new AtomicLong(1);
        InferenceEngine engine =
                new ForwardingEngine(engineOf(2).endAfter(70)) {
                    @Override
                    public void step(int[] slots, int[] tokens, int count) {
                        super.step(slots, tokens, count);
                        now.addAndGet(100);
                    }

                    @Override
                    public void prefill(List<PromptPiece> pieces) {
                        super.prefill(pieces);
                        now.addAndGet(7_000);
                    }
                };
        Map<String, RequestClock> clocks = new HashMap<>();
        LoopObserver observer =
                new LoopObserver() {
                    @Override
                    public void firstChunk(SpeechRequest request, RequestClock clock) {
                        clocks.put(request.id(), clock);
                    }
                };
        SynthesisLoop loop =
                TestLoop.on(engine)
                        .limits(LIMITS)
                        .output(speech)
                        .observer(observer)
                        .clock(now::get)
                        .open();
        loop.admit(TestLoop.request("first", "Hello."), 1);
        loop.step();
        loop.admit(TestLoop.request("second", "World."), now.get());
        TestLoop.run(loop);

        // 32 tokens of the speaker are fed, and 10 drawn after them.
        int steps = 32 + 10;
        RequestClock first = clocks.get("first");
        assertThat(first.stepNanos()).isEqualTo(100 * steps);
        assertThat(first.promptNanos()).isEqualTo(2 * 7_000);
        assertThat(first.firstChunkNanos()).isEqualTo(first.stepNanos() + first.promptNanos());
        RequestClock second = clocks.get("second");
        assertThat(second.stepNanos()).isEqualTo(100 * (steps + 1));
        assertThat(second.promptNanos()).isEqualTo(7_000);
    }

    @Test
    void testReleaseFreesTheSlotInMidGeneration() {
        SynthesisLoop loop = loop(engineOf(1).endAfter(70), LIMITS, 256, speech);
        SpeechRequest request = TestLoop.request("r", "Hello.");
        loop.admit(request, System.nanoTime());
        for (int i = 0; i < 50; i++) {
            loop.step();
        }
        assertThat(loop.hasFreeSlot()).isFalse();
        loop.release(request);
        assertThat(loop.hasFreeSlot()).isTrue();
        assertThat(loop.hasWork()).isFalse();
        assertThat(speech.finished).isEmpty();
    }

    @Test
    void testEveryLiveRequestIsSteppedBetweenTwoPrefillPieces() {
        ScriptedEngine engine = engineOf(2).endAfter(1_000);
        SynthesisLoop loop = loop(engine, LIMITS, 16, speech);
        loop.admit(TestLoop.request("short", "Hi."), System.nanoTime());
        loop.step();
        loop.admit(
                TestLoop.request("long", "Long sentence without an end ".repeat(6)),
                System.nanoTime());
        Map<Integer, Integer> stepsAtPrefill = new HashMap<>();
        engine.beforePrefill(call -> stepsAtPrefill.put(call, engine.stepCalls()));
        for (int i = 0; i < 8; i++) {
            loop.step();
        }
        assertThat(stepsAtPrefill).hasSize(8);
        stepsAtPrefill.forEach((call, steps) -> assertThat(steps).isEqualTo(call - 1));
    }

    @Test
    void testRequestWhoseVoiceIsGoneEndsWithErrorAndTheOthersContinue() {
        GenerationLimits limits = new GenerationLimits(0, 80);
        SynthesisLoop loop = loop(engine(2), limits, 256, speech);
        SpeechRequest unknownVoice =
                TestLoop.request("voice", "Hello.", Attributes.of("voiceId", "gone"));
        loop.admit(TestLoop.request("fine", "Hello."), System.nanoTime());
        loop.admit(unknownVoice, System.nanoTime());
        TestLoop.run(loop);
        assertThat(speech.finished)
                .containsEntry("fine", FinishReason.STOP)
                .containsEntry("voice", FinishReason.ERROR);
        assertThat(speech.errors.get("voice")).contains("gone");
    }
}
