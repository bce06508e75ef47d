package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static io.rwkvtts.operator.Events.requests;
import static io.rwkvtts.operator.SynthesizeHarness.undisturbed;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.synthesis.Attributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a restore finds continues as if nothing had happened. */
@Timeout(60)
class RestoreTest {

    @ParameterizedTest
    @EnumSource
    void testContinuesInMidGenerationFromAnySnapshot(SnapshotSettings.Mode mode) throws Exception {
        List<RequestEvent> events = requests(9);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        Random random = new Random(7);
        OperatorSubtaskState state = null;
        int fed = 0;
        boolean busy = true;
        while (fed < events.size() || busy) {
            SynthesizeHarness.Builder
                    builder = // Without state a restore must get through its tokens before the next
                            // crash.
                            new SynthesizeHarness.Builder()
                                    .snapshots(mode)
                                    .prefillChunkTokens(
                                            mode == SnapshotSettings.Mode.STATE ? 16 : 4_096);
            try (SynthesizeHarness task =
                    (state == null ? builder : builder.restore(state)).open()) {
                for (int i = random.nextInt(3); i > 0 && fed < events.size(); i--) {
                    task.process(events.get(fed++));
                }
                task.steps(random.nextInt(30));
                task.append(speech);
                state = task.snapshot();
                // What happens after the snapshot is lost with the task.
                task.steps(random.nextInt(30));
                busy = task.busy();
                if (!busy) {
                    // Unless it was the end: then emit the rest once more from the snapshot.
                    try (SynthesizeHarness last =
                            new SynthesizeHarness.Builder().restore(state).open()) {
                        last.drain();
                        last.append(speech);
                    }
                }
            }
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    /** A request keeps the borders of its chunks, whatever the options are by now. */
    @Test
    void testOtherChunkSizesAreForNewRequestsOnly() throws Exception {
        List<RequestEvent> events = requests(6);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        OperatorSubtaskState state;
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.steps(30);
            state = task.snapshot();
            task.append(speech);
        }
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().chunks(3, 7).restore(state).open()) {
            task.drain();
            task.append(speech);
            assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
            int before = task.chunks().size();
            task.process(Events.whole("new", TWO_SENTENCES));
            task.drain();
            assertThat(task.chunks().get(before).tokens()).hasSize(3);
            assertThat(task.chunks().get(before + 1).tokens()).hasSize(7);
        }
    }

    @Test
    void testRescalesInMidGeneration() throws Exception {
        List<RequestEvent> events = requests(16);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        OperatorSubtaskState one;
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.steps(50);
            one = task.snapshot();
            task.append(speech);
        }
        OperatorSubtaskState[] two = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (SynthesizeHarness task =
                    new SynthesizeHarness.Builder().subtask(subtask, 2).restore(one).open()) {
                assertThat(task.busy()).isTrue();
                task.steps(50);
                two[subtask] = task.snapshot();
                task.append(speech);
            }
        }
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .restore(AbstractStreamOperatorTestHarness.repackageState(two), 2)
                        .open()) {
            task.drain();
            task.append(speech);
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    @Test
    void testSnapshotInTheMiddleOfRecomputingLosesNothing() throws Exception {
        List<RequestEvent> events = requests(3);
        Map<String, List<String>> speech = new LinkedHashMap<>();
        OperatorSubtaskState state;
        try (SynthesizeHarness task = tokensMode().open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.steps(40);
            state = task.snapshot();
            task.append(speech);
        }
        try (SynthesizeHarness task = tokensMode().restore(state).open()) {
            // Pieces of 16: far from through.
            task.steps(2);
            state = task.snapshot();
            task.append(speech);
        }
        // What a mode of states finds of a recomputation that is not over must not pass for one.
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().prefillChunkTokens(16).restore(state).open()) {
            task.steps(2);
            state = task.snapshot();
            task.append(speech);
        }
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().restore(state).open()) {
            task.drain();
            task.append(speech);
        }
        assertThat(speech).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
    }

    private static SynthesizeHarness.Builder tokensMode() {
        return new SynthesizeHarness.Builder()
                .snapshots(SnapshotSettings.Mode.TOKENS)
                .prefillChunkTokens(16);
    }

    @Test
    void testFinishedIdsAreRememberedOverARestore() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.process(Events.whole("r", TWO_SENTENCES));
            task.drain();
            state = task.snapshot();
        }
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().restore(state).open()) {
            task.process(Events.whole("r", TWO_SENTENCES));
            task.drain();
            assertThat(task.chunks()).isEmpty();

            task.setTime(SynthesizeHarness.DEDUP_WINDOW.toMillis());
            task.process(Events.whole("r", TWO_SENTENCES));
            task.drain();
            assertThat(task.finishReasons("r")).hasSize(1);
        }
    }

    @Test
    void testTimeInWhichTheJobWasAwayDoesNotCountAsIdle() throws Exception {
        long idle = SynthesizeHarness.IDLE_TIMEOUT.toMillis();
        OperatorSubtaskState state;
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.setTime(0);
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.drain();
            state = task.snapshot();
        }
        long restart = 5 * idle;
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().startAt(restart).restore(state).open()) {
            task.setTime(restart + idle - 1);
            assertThat(task.finishReasons("r")).isEmpty();
            task.setTime(restart + 2 * idle);
            task.checkpoint();
            assertThat(task.finishReasons("r")).containsExactly("expired");
        }
    }

    /** Requests that wait for text or for their tenant's rate: no step runs in either task. */
    @Test
    void testTimersOfRequestsThatWaitSurviveARestoreWhileNothingSteps() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().tenantRequestsPerSecond(1e-9).open()) {
            task.process(Events.whole("takes-the-turn", TWO_SENTENCES));
            task.drain();
            task.process(
                    Events.with("held", TWO_SENTENCES, Attributes.of("deadlineMs", 9_000L), true));
            task.process(
                    Events.with("unfinished", "Well", Attributes.of("budgetMs", 6_000L), false));
            task.process(Events.piece("left-alone", 0, "Well", false));
            task.process(Events.piece("without-beginning", 1, "Well", false));
            task.drain();
            assertThat(task.busy()).isFalse();
            state = task.snapshot();
        }
        long end = Events.TIMESTAMP + 6_000;
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .tenantRequestsPerSecond(1e-9)
                        .startAt(2_000)
                        .restore(state)
                        .open()) {
            task.process(Events.whole("takes-the-turn-again", TWO_SENTENCES));
            assertThat(task.finishReasons("held")).isEmpty();
            task.setTime(end - 1);
            assertThat(task.chunks()).isEmpty();
            task.setTime(end);
            assertThat(task.finishReasons("unfinished")).containsExactly("deadline");
            task.setTime(9_000);
            assertThat(task.finishReasons("held")).containsExactly("deadline");
            long idle = 2_000 + SynthesizeHarness.IDLE_TIMEOUT.toMillis();
            task.setTime(idle - 1);
            assertThat(task.finishReasons("left-alone")).isEmpty();
            task.setTime(idle);
            task.checkpoint();
            assertThat(task.finishReasons("left-alone")).containsExactly("expired");
            assertThat(task.finishReasons("without-beginning")).containsExactly("expired");
        }
    }

    @Test
    void testRequestHeldByItsTenantsRateBeginsAfterARestore() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().tenantRequestsPerSecond(1e-9).open()) {
            for (int i = 0; i < 3; i++) {
                task.process(Events.of("t", "request-" + i));
                task.drain();
            }
            state = task.snapshot();
        }
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .tenantRequestsPerSecond(1_000)
                        .restore(state)
                        .open()) {
            long now = 0;
            while (task.finishReasons("request-1").isEmpty()
                    || task.finishReasons("request-2").isEmpty()) {
                task.drain();
                task.setTime(now += 10);
            }
        }
    }

    @Test
    void testEarlyEventsAreHeldOverARestore() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.process(Events.piece("r", 2, "And an end.", true));
            task.process(Events.piece("r", 1, " A second sentence. ", false));
            state = task.snapshot();
        }
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().restore(state).open()) {
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.drain();
            RequestEvent whole =
                    Events.whole("r", TWO_SENTENCES + " A second sentence. And an end.");
            assertThat(task.speech()).isEqualTo(undisturbed(List.of(whole)));
        }
    }
}
