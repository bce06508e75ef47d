package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.synthesis.Attributes;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ends as {@code expired} and {@code overloaded}: when they are written, and what undoes them. */
@Timeout(60)
class PendingEndsTest {

    private static final long IDLE = SynthesizeHarness.IDLE_TIMEOUT.toMillis();

    /** A task at time 0 with a request that has emitted speech and waits for its next event. */
    private static SynthesizeHarness withStreamingRequest() throws Exception {
        return withStreamingRequest(new SynthesizeHarness.Builder());
    }

    private static SynthesizeHarness withStreamingRequest(SynthesizeHarness.Builder builder)
            throws Exception {
        SynthesizeHarness task = builder.open();
        task.setTime(0);
        task.process(Events.piece("r", 0, TWO_SENTENCES, false));
        task.drain();
        return task;
    }

    private static RequestEvent next() {
        return Events.piece("r", 1, " More.", true);
    }

    /** One slot and one place in the queue, both taken. */
    private static SynthesizeHarness full() throws Exception {
        SynthesizeHarness task =
                new SynthesizeHarness.Builder().slots(1).queueCapacity(1).rejectWhenFull().open();
        task.process(Events.whole("speaks", TWO_SENTENCES));
        task.steps(1);
        task.process(Events.whole("waits", TWO_SENTENCES));
        return task;
    }

    @Test
    void testExpiredRequestEndsWithTheFirstCheckpointThatWasTakenAfterAndCompletes()
            throws Exception {
        try (SynthesizeHarness task = withStreamingRequest()) {
            task.snapshot();
            task.setTime(IDLE);
            task.complete(1);
            assertThat(task.finishReasons("r")).isEmpty();
            task.snapshot();
            assertThat(task.finishReasons("r")).isEmpty();
            task.complete(2);
            assertThat(task.finishReasons("r")).containsExactly("expired");
            task.checkpoint();
            assertThat(task.finishReasons("r")).hasSize(1);
        }
    }

    @Test
    void testAbortedCheckpointsConfirmNothingAndTheNextDoes() throws Exception {
        try (SynthesizeHarness task = withStreamingRequest()) {
            task.setTime(IDLE);
            task.snapshot();
            task.snapshot();
            assertThat(task.finishReasons("r")).isEmpty();
            task.checkpoint();
            assertThat(task.finishReasons("r")).containsExactly("expired");
        }
    }

    @Test
    void testEventBeforeTheSnapshotContinuesTheRequest() throws Exception {
        try (SynthesizeHarness task = withStreamingRequest()) {
            task.setTime(IDLE);
            task.process(Events.piece("r", 1, " More.", false));
            task.drain();
            task.checkpoint();
            assertThat(task.finishReasons("r")).isEmpty();

            task.setTime(2 * IDLE);
            // It was there before: no sign of life.
            task.process(Events.piece("r", 1, " More.", false));
            task.checkpoint();
            assertThat(task.finishReasons("r")).containsExactly("expired");
        }
    }

    @Test
    void testEventAfterTheSnapshotIsDroppedWhateverBecomesOfTheCheckpoint() throws Exception {
        try (SynthesizeHarness task = withStreamingRequest()) {
            task.setTime(IDLE);
            int chunks = task.chunks().size();
            task.snapshot();
            task.process(next());
            task.process(Events.cancel("r"));
            task.drain();
            assertThat(task.chunks()).hasSize(chunks);
            task.checkpoint();
            assertThat(task.chunks()).hasSize(chunks + 1);
            assertThat(task.finishReasons("r")).containsExactly("expired");
        }
    }

    @Test
    void testCancelAndDeadlineAreQuickerThanTheCheckpoint() throws Exception {
        try (SynthesizeHarness task = withStreamingRequest()) {
            task.process(
                    Events.with("d", "Well", Attributes.of("deadlineMs", IDLE + 1_000), false));
            task.setTime(IDLE);
            task.process(Events.cancel("r"));
            assertThat(task.finishReasons("r")).containsExactly("cancelled");
            task.setTime(IDLE + 1_000);
            assertThat(task.finishReasons("d")).containsExactly("deadline");
            task.checkpoint();
            assertThat(task.finishReasons("r")).hasSize(1);
            assertThat(task.finishReasons("d")).hasSize(1);
        }
    }

    @Test
    void testRestoreFromTheCheckpointWritesTheEndAndDoesNotJudgeAgain() throws Exception {
        OperatorSubtaskState state;
        List<String> written;
        try (SynthesizeHarness task = withStreamingRequest()) {
            task.process(Events.whole("speaks", TWO_SENTENCES));
            task.steps(3);
            task.setTime(IDLE);
            state = task.checkpoint();
            written = ends(task);
        }
        assertThat(written).hasSize(1);
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().startAt(IDLE).restore(state).open()) {
            // It lay in the channel when the snapshot was taken.
            task.process(next());
            assertThat(task.chunks()).isEmpty();
            task.steps(1);
            assertThat(ends(task)).isEqualTo(written);
            task.checkpoint();
            task.drain();
            task.checkpoint();
            assertThat(task.finishReasons("r")).hasSize(1);
            assertThat(task.finishReasons("speaks")).hasSize(1);
        }
    }

    /** The records that end request r. */
    private static List<String> ends(SynthesizeHarness task) {
        return task.chunks().stream()
                .filter(c -> c.requestId().equals("r") && c.finishReason() != null)
                .map(SynthesizeHarness::describe)
                .toList();
    }

    @Test
    void testRescaleWritesEachEndOnce() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task = full()) {
            for (int i = 0; i < 20; i++) {
                task.process(Events.piece("r" + i, 0, TWO_SENTENCES, false));
            }
            state = task.snapshot();
        }
        OperatorSubtaskState[] two = new OperatorSubtaskState[2];
        int ended = 0;
        for (int subtask = 0; subtask < 2; subtask++) {
            try (SynthesizeHarness task =
                    new SynthesizeHarness.Builder().subtask(subtask, 2).restore(state).open()) {
                task.steps(1);
                ended += overloaded(task);
                two[subtask] = task.checkpoint();
            }
        }
        assertThat(ended).isEqualTo(20);
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .restore(AbstractStreamOperatorTestHarness.repackageState(two), 2)
                        .open()) {
            task.drain();
            assertThat(overloaded(task)).isZero();
            // Its rest is on its way still.
            task.process(Events.piece("r3", 1, " More.", true));
            task.drain();
            assertThat(task.speech()).doesNotContainKey("r3");
        }
    }

    private static int overloaded(SynthesizeHarness task) {
        return (int)
                task.chunks().stream().filter(c -> "overloaded".equals(c.finishReason())).count();
    }

    @Test
    void testRequestThatWasTurnedAwayTakesNoEventWhileItsEndWaits() throws Exception {
        try (SynthesizeHarness task = full()) {
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.drain();
            task.process(next());
            task.process(Events.cancel("r"));
            task.drain();
            assertThat(task.speech()).doesNotContainKey("r");
            task.checkpoint();
            assertThat(task.finishReasons("r")).containsExactly("overloaded");
        }
    }

    @Test
    void testRequestThatWasTurnedAwayTakesNoRoom() throws Exception {
        try (SynthesizeHarness task = full()) {
            task.process(Events.whole("r", TWO_SENTENCES));
            task.process(Events.cancel("waits"));
            task.process(Events.whole("next", TWO_SENTENCES));
            task.drain();
            assertThat(task.finishReasons("next")).containsAnyOf("stop", "length");
        }
    }

    @Test
    void testWholeRequestThatWasTurnedAwayMayComeAgainAlsoAfterARestore() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task = full()) {
            task.process(Events.whole("r", TWO_SENTENCES));
            state = task.snapshot();
        }
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().restore(state).open()) {
            task.drain();
            task.process(Events.whole("r", TWO_SENTENCES));
            task.drain();
            assertThat(task.finishReasons("r")).hasSize(2).startsWith("overloaded");
        }
    }

    /** The input ends: no checkpoint need come, and nothing may be written after it. */
    @Test
    void testEndOfInputWritesAllEnds() throws Exception {
        try (SynthesizeHarness task = full()) {
            task.process(Events.piece("turned-away", 0, TWO_SENTENCES, false));
            task.snapshot();
            task.process(Events.piece("turned-away-later", 0, TWO_SENTENCES, false));
            task.endInput();
            assertThat(task.finishReasons("turned-away")).containsExactly("overloaded");
            assertThat(task.finishReasons("turned-away-later")).containsExactly("overloaded");
            assertThat(task.unfinished()).isZero();
        }
        try (SynthesizeHarness task = withStreamingRequest()) {
            task.setTime(IDLE);
            task.endInput();
            assertThat(task.finishReasons("r")).containsExactly("expired");
        }
    }

    @Test
    void testJobWithoutCheckpointsWritesEndsAtOnce() throws Exception {
        try (SynthesizeHarness task =
                withStreamingRequest(
                        new SynthesizeHarness.Builder()
                                .slots(1)
                                .queueCapacity(1)
                                .rejectWhenFull()
                                .withoutCheckpoints())) {
            task.process(Events.whole("waits", TWO_SENTENCES));
            task.process(Events.whole("one-too-many", TWO_SENTENCES));
            assertThat(task.finishReasons("one-too-many")).containsExactly("overloaded");
            task.setTime(IDLE);
            assertThat(task.finishReasons("r")).containsExactly("expired");
        }
    }

    @Test
    void testBeyondABoundThoseTurnedAwayEndAtOnce() throws Exception {
        try (SynthesizeHarness task = full()) {
            for (int i = 0; i < PendingEnds.MOST; i++) {
                task.process(Events.whole("r" + i, "Well."));
            }
            int stored = task.storedRequests();
            assertThat(overloaded(task)).isZero();
            task.process(Events.whole("one-more", "Well."));
            assertThat(task.finishReasons("one-more")).containsExactly("overloaded");
            assertThat(task.storedRequests()).isEqualTo(stored);
            // They do not hold up the steps.
            task.checkpoint();
            assertThat(overloaded(task)).isBetween(2, PendingEnds.MOST / 10);
            task.checkpoint();
            task.drain();
            assertThat(overloaded(task)).isEqualTo(PendingEnds.MOST + 1);
            assertThat(task.storedRequests()).isEqualTo(stored - PendingEnds.MOST);
        }
    }
}
