package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.requests;
import static io.rwkvtts.operator.SynthesizeHarness.ENGINE_THREAD;
import static io.rwkvtts.operator.SynthesizeHarness.threaded;
import static io.rwkvtts.operator.SynthesizeHarness.undisturbed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.PromptPiece;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps of an engine with a thread of its own. */
@Timeout(60)
class DeviceStepsTest {

    private enum Call {
        STEP,
        PREFILL
    }

    /** An engine that a test holds in one of its calls. */
    private static final class HeldEngine extends ForwardingEngine {

        private final Call held;
        private final int number;
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private volatile int calls;
        private volatile RuntimeException failure;
        private volatile Thread closedBy;

        /**
         * @param held kind of call
         * @param number of the call among those of its kind, from 1
         */
        HeldEngine(Call held, int number) {
            super(SynthesizeHarness.scripted(4));
            this.held = held;
            this.number = number;
        }

        private void hold(Call call) {
            if (call != held || ++calls != number) {
                return;
            }
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (failure != null) {
                throw failure;
            }
        }

        boolean isHeld() {
            return entered.getCount() == 0;
        }

        @Override
        public void step(int[] slots, int[] tokens, int count) {
            hold(Call.STEP);
            super.step(slots, tokens, count);
        }

        @Override
        public void prefill(List<PromptPiece> pieces) {
            hold(Call.PREFILL);
            super.prefill(pieces);
        }

        @Override
        public void close() {
            closedBy = Thread.currentThread();
            super.close();
        }
    }

    private static SynthesizeHarness.Builder on(InferenceEngine engine) {
        return new SynthesizeHarness.Builder().engine(threaded(() -> engine));
    }

    private static SynthesizeHarness.Builder threadedTask() {
        return on(SynthesizeHarness.scripted(4));
    }

    /** Lets the engine go on when the thread of this test waits for it. */
    private static Thread releaseWhenAwaited(HeldEngine engine) {
        Thread task = Thread.currentThread();
        Thread releasing =
                new Thread(
                        () -> {
                            while (task.getState() != Thread.State.WAITING) {
                                LockSupport.parkNanos(100_000);
                            }
                            engine.release.countDown();
                        });
        releasing.start();
        return releasing;
    }

    @Test
    void testSpeechIsThatOfStepsOnTheTaskThread() throws Exception {
        List<RequestEvent> events = requests(12);
        try (SynthesizeHarness task = threadedTask().open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.drain();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
        }
    }

    @ParameterizedTest
    @EnumSource
    void testEventsTimersAndCancelsAreTakenWhileTheEngineComputes(Call call) throws Exception {
        List<RequestEvent> events = requests(6);
        HeldEngine engine = new HeldEngine(call, 3);
        try (SynthesizeHarness task = on(engine).withoutCheckpoints().open()) {
            task.process(events.get(0));
            task.process(events.get(1));
            task.process(Events.piece("silent", 0, "No end comes", false));
            task.runUntil(engine::isHeld);
            int stored = task.storedRequests();

            task.process(events.get(2));
            assertThat(task.storedRequests()).isEqualTo(stored + 1);
            task.process(Events.cancel("request-1"));
            assertThat(task.finishReasons("request-1")).containsExactly("cancelled");
            task.setTime(SynthesizeHarness.IDLE_TIMEOUT.toMillis() + 1);
            assertThat(task.finishReasons("silent")).containsExactly("expired");
            for (int i = 3; i < 6; i++) {
                task.process(events.get(i));
            }
            assertThat(engine.calls).isEqualTo(3);

            engine.release.countDown();
            task.drain();
            Map<String, List<String>> expected = undisturbed(events);
            Map<String, List<String>> speech = task.speech();
            for (int i : new int[] {0, 2, 3, 4, 5}) {
                assertThat(speech.get("request-" + i)).isEqualTo(expected.get("request-" + i));
            }
            assertThat(task.finishReasons("request-1")).hasSize(1);
        }
    }

    /** All that runs may leave, and others take its slots, only after the call that has them. */
    @Test
    void testSlotsOfThoseWhoLeaveAreTakenOverAfterTheCallOnly() throws Exception {
        List<RequestEvent> events = requests(8);
        HeldEngine engine = new HeldEngine(Call.STEP, 5);
        try (SynthesizeHarness task = on(engine).open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.runUntil(engine::isHeld);
            for (int i = 0; i < 4; i++) {
                task.process(Events.cancel("request-" + i));
            }
            engine.release.countDown();
            task.drain();
            Map<String, List<String>> expected = undisturbed(events);
            for (int i = 4; i < 8; i++) {
                assertThat(task.speech().get("request-" + i))
                        .isEqualTo(expected.get("request-" + i));
            }
            assertThat(task.unfinished()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void testCheckpointWaitsForTheRunningCallAndForNoMore(Call call) throws Exception {
        List<RequestEvent> events = requests(5);
        HeldEngine engine = new HeldEngine(call, 4);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        OperatorSubtaskState state;
        try (SynthesizeHarness task = on(engine).open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.runUntil(engine::isHeld);
            Thread releasing = releaseWhenAwaited(engine);
            state = task.snapshot();
            releasing.join();
            assertThat(engine.calls).isEqualTo(4);
            task.append(speech);
            // What was begun continues by itself, even if the checkpoint is aborted.
            task.drain();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
        }
        try (SynthesizeHarness task = threadedTask().restore(state).open()) {
            task.drain();
            task.append(speech);
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    /** From engine to engine: with a thread, without one, and with one again. */
    @Test
    void testRestoredOnTheTaskThreadAndBack() throws Exception {
        List<RequestEvent> events = requests(9);
        Random random = new Random(3);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        OperatorSubtaskState state = null;
        int fed = 0;
        for (int attempt = 0; fed < events.size() || state == null || attempt % 2 == 0; attempt++) {
            SynthesizeHarness.Builder builder =
                    attempt % 2 == 0 ? threadedTask() : new SynthesizeHarness.Builder();
            try (SynthesizeHarness task =
                    (state == null ? builder : builder.restore(state)).open()) {
                for (int i = 0; i < 2 && fed < events.size(); i++) {
                    task.process(events.get(fed++));
                }
                task.steps(10 + random.nextInt(30));
                state = task.snapshot();
                task.append(speech);
                task.steps(random.nextInt(30));
            }
        }
        try (SynthesizeHarness task = threadedTask().restore(state).open()) {
            task.drain();
            task.append(speech);
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    @Test
    void testEngineThatFailsFailsTheTask() throws Exception {
        HeldEngine engine = new HeldEngine(Call.STEP, 2);
        engine.failure = new InferenceException("launch failure", new IllegalStateException("719"));
        engine.release.countDown();
        try (SynthesizeHarness task = on(engine).open()) {
            task.process(requests(1).get(0));
            assertThatThrownBy(task::drain).isSameAs(engine.failure);
        }
    }

    @Test
    void testEngineThatFailsFailsTheCheckpoint() throws Exception {
        HeldEngine engine = new HeldEngine(Call.STEP, 2);
        engine.failure = new InferenceException("launch failure", new IllegalStateException("719"));
        try (SynthesizeHarness task = on(engine).open()) {
            task.process(requests(1).get(0));
            task.runUntil(engine::isHeld);
            engine.release.countDown();
            assertThatThrownBy(task::snapshot).isSameAs(engine.failure);
        }
    }

    @Test
    void testCloseWaitsForTheRunningCallAndEndsTheThread() throws Exception {
        HeldEngine engine = new HeldEngine(Call.STEP, 2);
        Thread releasing;
        try (SynthesizeHarness task = on(engine).open()) {
            task.process(requests(1).get(0));
            task.runUntil(engine::isHeld);
            releasing = releaseWhenAwaited(engine);
        }
        releasing.join();
        assertThat(engine.closedBy.getName()).isEqualTo(ENGINE_THREAD);
        assertThat(engine.closedBy.isAlive()).isFalse();
    }

    /** Flink runs what it can before it reads the barrier; no step is among it. */
    @Test
    void testStopWithSavepointFindsWhatRuns() throws Exception {
        List<RequestEvent> events = requests(5);
        HeldEngine engine = new HeldEngine(Call.STEP, 6);
        try (SynthesizeHarness task = on(engine).open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.runUntil(engine::isHeld);
            int unfinished = task.unfinished();
            task.runOwnMails();
            Thread releasing = releaseWhenAwaited(engine);
            task.snapshot();
            releasing.join();
            assertThat(task.unfinished()).isEqualTo(unfinished).isPositive();
            assertThat(engine.calls).isEqualTo(6);
        }
    }

    @Test
    void testInputThatEndsIsGeneratedToItsEnd() throws Exception {
        List<RequestEvent> events = requests(5);
        try (SynthesizeHarness task = threadedTask().open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.endInput();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
        }
    }
}
