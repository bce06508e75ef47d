package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A task that was paused, replaced by another one from the latest checkpoint, and wakes up again:
 * what both write, in the order in which it reached the partition, is one speech for the consumer.
 */
@Timeout(60)
class ReplacedTaskTest {

    private static final long IDLE = SynthesizeHarness.IDLE_TIMEOUT.toMillis();
    private static final int STREAMS = 6;
    private static final String MORE = " And this is the next piece of it, with some more words.";

    private final Consumer consumer = new Consumer();

    /** Takes the next record of each request and drops what it has; an end ends the request. */
    private static final class Consumer {
        private final Map<String, List<String>> speech = new LinkedHashMap<>();
        private final Set<String> ended = new HashSet<>();

        void read(SynthesizeHarness task, int from) {
            for (TokenChunk record : task.chunks().subList(from, task.chunks().size())) {
                List<String> taken =
                        speech.computeIfAbsent(record.requestId(), id -> new ArrayList<>());
                boolean end =
                        record.finishReason() != null
                                && record.position().sequence() <= taken.size();
                if (!ended.contains(record.requestId())
                        && (end || record.position().sequence() == taken.size())) {
                    taken.add(SynthesizeHarness.describe(record));
                    if (end) {
                        ended.add(record.requestId());
                    }
                }
            }
        }
    }

    private static List<RequestEvent> pieces(int number) {
        List<RequestEvent> events = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            String id = "stream-" + i;
            events.add(
                    number == 0
                            ? Events.piece(id, 0, "Text " + i + ". " + TWO_SENTENCES, false)
                            : Events.piece(id, number, MORE, number == 3));
        }
        return events;
    }

    private static void process(SynthesizeHarness task, List<RequestEvent> events)
            throws Exception {
        for (RequestEvent event : events) {
            task.process(event);
        }
    }

    @Test
    void testWokenTaskExpiresNothingThatItsSuccessorGenerates() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness paused = SynthesizeHarness.open()) {
            paused.setTime(0);
            process(paused, pieces(0));
            paused.steps(40);
            state = paused.checkpoint();
            consumer.read(paused, 0);
            paused.drain();
            int before = paused.chunks().size();

            try (SynthesizeHarness successor =
                    new SynthesizeHarness.Builder().restore(state).open()) {
                process(successor, pieces(1));
                successor.drain();
                consumer.read(successor, 0);

                // Awake again, by its clock nothing has come for long. The barrier of a checkpoint
                // that was given up lay before it.
                paused.setTime(2 * IDLE);
                paused.snapshot();
                paused.drain();
                consumer.read(paused, before);

                int taken = successor.chunks().size();
                successor.setTime(IDLE / 2);
                process(successor, pieces(2));
                process(successor, pieces(3));
                successor.checkpoint();
                successor.drain();
                consumer.read(successor, taken);
            }
        }
        try (SynthesizeHarness undisturbed = SynthesizeHarness.open()) {
            for (int number = 0; number < 4; number++) {
                process(undisturbed, pieces(number));
            }
            undisturbed.drain();
            assertThat(consumer.speech).containsExactlyInAnyOrderEntriesOf(undisturbed.speech());
        }
    }

    /** By its own count it has no room for what it had fetched; its successor has emitted since. */
    @Test
    void testWokenTaskTurnsNothingAwayThatTheLivingAccepts() throws Exception {
        List<RequestEvent> first = Events.requests(2);
        List<RequestEvent> fetched = Events.requests(8).subList(2, 8);
        OperatorSubtaskState state;
        try (SynthesizeHarness paused = oneSlot().open()) {
            for (RequestEvent event : first) {
                paused.process(event);
                paused.steps(5);
            }
            state = paused.checkpoint();
            consumer.read(paused, 0);
            int before = paused.chunks().size();

            // Awake again, it takes in what it had fetched.
            process(paused, fetched);
            paused.snapshot();
            consumer.read(paused, before);

            try (SynthesizeHarness successor = oneSlot().restore(state).open()) {
                successor.drain();
                for (RequestEvent event : fetched) {
                    successor.process(event);
                    successor.drain();
                }
                successor.checkpoint();
                consumer.read(successor, 0);
            }
        }
        assertThat(consumer.speech)
                .containsExactlyInAnyOrderEntriesOf(
                        SynthesizeHarness.undisturbed(Events.requests(8)));
    }

    private static SynthesizeHarness.Builder oneSlot() {
        return new SynthesizeHarness.Builder().slots(1).queueCapacity(1).rejectWhenFull();
    }

    /**
     * It took part in the checkpoint that the other one starts from, and hears of it only now: it
     * writes the very record that the other one writes.
     */
    @Test
    void testWokenTaskThatHearsOfItsLastCheckpointWritesWhatTheLivingWrites() throws Exception {
        try (SynthesizeHarness paused = SynthesizeHarness.open()) {
            paused.setTime(0);
            process(paused, pieces(0));
            paused.drain();
            int before = paused.chunks().size();
            paused.setTime(IDLE);
            OperatorSubtaskState state = paused.snapshot();
            try (SynthesizeHarness successor =
                    new SynthesizeHarness.Builder().startAt(IDLE).restore(state).open()) {
                process(successor, pieces(1));
                successor.drain();
                paused.complete();
                assertThat(descriptions(paused, before))
                        .hasSize(STREAMS)
                        .containsExactlyInAnyOrderElementsOf(descriptions(successor, 0));
            }
        }
    }

    private static List<String> descriptions(SynthesizeHarness task, int from) {
        return task.chunks().subList(from, task.chunks().size()).stream()
                .map(chunk -> chunk.requestId() + " " + SynthesizeHarness.describe(chunk))
                .toList();
    }
}
