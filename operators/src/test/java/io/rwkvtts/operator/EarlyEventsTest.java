package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that come before an earlier one of their request: how many are held in all. */
@Timeout(60)
class EarlyEventsTest {

    private static SynthesizeHarness atMost(int events) throws Exception {
        return new SynthesizeHarness.Builder().maxEarlyEvents(events).open();
    }

    private static void processEarly(SynthesizeHarness task, String id, int count)
            throws Exception {
        for (int sequence = 1; sequence <= count; sequence++) {
            task.process(Events.piece(id, sequence, "", false));
        }
    }

    private static int overloaded(SynthesizeHarness task) throws Exception {
        task.checkpoint();
        return (int)
                task.chunks().stream().filter(c -> "overloaded".equals(c.finishReason())).count();
    }

    @Test
    void testEventsWhoseFirstNeverComesStayWithinTheBoundForAllRequests() throws Exception {
        try (SynthesizeHarness task = atMost(500)) {
            for (int i = 0; i < 60; i++) {
                processEarly(task, "r" + i, 20);
                assertThat(task.earlyEvents()).isLessThanOrEqualTo(500);
            }
            assertThat(overloaded(task)).isEqualTo(60 - 500 / 20);
        }
    }

    @Test
    void testTheirTextsStayWithinTheBoundToo() throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().maxEarlyBytes(1_000).open()) {
            for (int i = 0; i < 20; i++) {
                task.process(Events.piece("r" + i, 1, "x".repeat(100), false));
                assertThat(task.earlyEvents()).isLessThanOrEqualTo(5);
            }
            assertThat(overloaded(task)).isEqualTo(15);
        }
    }

    /** However they go: joined, cancelled, expired, one too many, dropped with the rest. */
    @Test
    void testEventsThatAreHeldNoLongerMakeRoom() throws Exception {
        int most = 10;
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().maxEarlyEvents(most).maxTextChars(200).open()) {
            task.setTime(0);
            processEarly(task, "joined", 3);
            task.process(Events.piece("joined", 0, TWO_SENTENCES, false));
            processEarly(task, "cancelled", 3);
            task.process(Events.cancel("cancelled"));
            task.process(Events.piece("ends-before", 2, " More.", true));
            task.process(Events.piece("ends-before", 0, TWO_SENTENCES, true));
            task.process(Events.piece("too-long", 1, " More.", true));
            task.process(Events.piece("too-long", 2, "x".repeat(200), true));
            assertThat(task.finishReasons("too-long")).containsExactly("error");
            processEarly(task, "expires", 3);
            task.setTime(SynthesizeHarness.IDLE_TIMEOUT.toMillis());
            task.checkpoint();
            assertThat(task.finishReasons("expires")).containsExactly("expired");
            assertThat(task.earlyEvents()).isZero();

            processEarly(task, "fills", most);
            assertThat(overloaded(task)).isZero();
            task.process(Events.piece("one-too-many", 1, "", false));
            assertThat(overloaded(task)).isOne();
            assertThat(task.finishReasons("one-too-many")).containsExactly("overloaded");
        }
    }

    @Test
    void testRequestInMidGenerationWhoseEventIsOneTooManyEndsWithTheNextCheckpoint()
            throws Exception {
        try (SynthesizeHarness task = atMost(2)) {
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            while (task.chunks().isEmpty()) {
                task.steps(1);
            }
            int spoken = task.chunks().size();
            processEarly(task, "other", 2);
            task.process(Events.piece("r", 5, "", false));
            assertThat(task.busy()).isFalse();
            task.checkpoint();
            assertThat(task.finishReasons("r")).containsExactly("overloaded");
            assertThat(task.chunks().get(spoken).position().sequence()).isEqualTo(spoken);
            // It made no room, and takes none.
            task.process(Events.cancel("other"));
            processEarly(task, "next", 2);
            assertThat(overloaded(task)).isOne();
        }
    }

    @Test
    void testRestoreAndRescaleCountWhatIsHeld() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task = atMost(20)) {
            for (int i = 0; i < 10; i++) {
                processEarly(task, "r" + i, 2);
            }
            state = task.checkpoint();
        }
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().maxEarlyEvents(20).restore(state).open()) {
            task.process(Events.piece("next", 1, "", false));
            assertThat(overloaded(task)).isOne();
        }
        for (int subtask = 0; subtask < 2; subtask++) {
            try (SynthesizeHarness task =
                    new SynthesizeHarness.Builder()
                            .maxEarlyEvents(20)
                            .subtask(subtask, 2)
                            .restore(state)
                            .open()) {
                int room = 20 - task.earlyEvents();
                assertThat(room).isBetween(1, 19);
                String next = idOf(subtask);
                processEarly(task, next, room);
                assertThat(overloaded(task)).isZero();
                task.process(Events.piece(next, room + 1, "", false));
                assertThat(overloaded(task)).isOne();
            }
        }
    }

    /** An id whose requests go to one of two subtasks. */
    private static String idOf(int subtask) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "next-" + i)
                .filter(id -> subtaskOf(id) == subtask)
                .findFirst()
                .orElseThrow();
    }

    private static int subtaskOf(String id) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                id, SynthesizeHarness.MAX_PARALLELISM, 2);
    }

    /** Whatever happens to requests, the count is that of the state. */
    @Test
    void testCountFollowsTheStateThroughAnyEvents() throws Exception {
        Random random = new Random(5);
        int most = 40;
        try (SynthesizeHarness task = atMost(most)) {
            for (int i = 0; i < 3_000; i++) {
                String id = "r" + random.nextInt(200);
                if (random.nextInt(10) == 0) {
                    task.process(Events.cancel(id));
                } else {
                    task.process(
                            Events.piece(id, random.nextInt(4), "Well. ", random.nextInt(5) == 0));
                }
                if (i % 100 == 0) {
                    task.steps(random.nextInt(40));
                    task.checkpoint();
                }
                assertThat(task.earlyEvents()).isLessThanOrEqualTo(most);
            }
            int before = overloaded(task);
            int room = most - task.earlyEvents();
            processEarly(task, "fills", room);
            assertThat(overloaded(task)).isEqualTo(before);
            task.process(Events.piece("one-too-many", 1, "", false));
            assertThat(overloaded(task)).isEqualTo(before + 1);
        }
    }
}
