package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.RecordedLog;
import io.rwkvtts.engine.ScriptedEngine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A task whose options change while it runs: who decides, by what, and how often. */
class ControlTest {

    private static final long WRITTEN = 1_000_000;
    private static final long EFFECTIVE = WRITTEN + 10_000;
    private static final String TEXT = Events.TWO_SENTENCES;

    private final ScriptedControlLog log = new ScriptedControlLog().knownAtStart(WRITTEN);

    private static String value(String value, long fromMs) {
        return "{\"value\": \"%s\", \"effectiveFrom\": \"%s\"}"
                .formatted(value, Instant.ofEpochMilli(fromMs));
    }

    /** Requests of 60 tokens in each segment, cut into 10 and then 25. */
    private SynthesizeHarness.Builder task() {
        return new SynthesizeHarness.Builder()
                .engine(
                        gpus ->
                                new ScriptedEngine(ScriptedEngine.model(12_686, 8193), 4)
                                        .endAfter(prompt -> 60))
                .chunks(10, 25)
                .control(log::open)
                .startAt(WRITTEN);
    }

    private void shortChunksFrom(long fromMs) {
        log.write(WRITTEN, "tts.chunk.first-tokens", value("4", fromMs));
        log.write(WRITTEN, "tts.chunk.tokens", value("20", fromMs));
    }

    private static RequestEvent request(String id, long timestampMs) {
        return Events.at(timestampMs, Events.whole(id, TEXT));
    }

    @Test
    void testRequestIsCutByWhatHoldsAtItsOwnTimestamp() throws Exception {
        shortChunksFrom(EFFECTIVE);
        try (SynthesizeHarness task = task().open()) {
            task.setTime(EFFECTIVE + 5_000);
            log.show(EFFECTIVE + 5_000);
            task.runMail();
            task.process(request("late", EFFECTIVE - 1));
            task.process(request("on time", EFFECTIVE));
            task.drain();
            assertThat(task.borders("late")).startsWith(10, 25, 25, 10);
            assertThat(task.borders("on time")).startsWith(4, 20, 20, 16, 4);
        }
    }

    /** All but its last segment were generated before the change was even written. */
    @Test
    void testRequestKeepsItsTermsToItsEnd() throws Exception {
        try (SynthesizeHarness task = task().open()) {
            task.process(
                    Events.at(WRITTEN, Events.piece("r", 0, TEXT + " And a third one.", false)));
            task.drain();
            shortChunksFrom(EFFECTIVE);
            task.setTime(EFFECTIVE + 5_000);
            log.show(EFFECTIVE + 5_000);
            task.runMail();
            task.process(
                    Events.at(EFFECTIVE + 5_000, Events.piece("r", 1, " Then a last one.", true)));
            task.drain();
            assertThat(task.finishReasons("r")).containsExactly("stop");
            assertThat(task.borders("r")).doesNotContain(4, 20);
        }
    }

    /** Nothing that was written more than 2 s before its timestamp may be unknown. */
    @Test
    void testRequestWaitsUntilTheTopicIsKnown() throws Exception {
        try (SynthesizeHarness task = task().open()) {
            task.setTime(EFFECTIVE);
            task.process(request("r", EFFECTIVE));
            assertThat(task.busy()).isFalse();

            shortChunksFrom(EFFECTIVE);
            log.show(EFFECTIVE - 2_001);
            task.runMail();
            assertThat(task.busy()).isFalse();
            log.show(EFFECTIVE - 2_000);
            task.runMail();
            task.drain();
            assertThat(task.borders("r")).startsWith(4, 20);
        }
    }

    /** A clock that is wrong by a day must not make a listener wait a day. */
    @Test
    void testTimestampAheadOfTheClockCountsAsNow() throws Exception {
        shortChunksFrom(EFFECTIVE);
        try (SynthesizeHarness task = task().open()) {
            task.process(request("r", EFFECTIVE + 86_400_000));
            task.drain();
            assertThat(task.borders("r")).startsWith(10, 25);
        }
    }

    /**
     * The first run read the change long before the request; the second one, which continues from a
     * checkpoint before both, reads the request first.
     */
    @Test
    void testReplayDecidesAsTheFirstRunDid() throws Exception {
        OperatorSubtaskState before;
        Map<String, List<String>> undisturbed;
        List<RequestEvent> requests =
                List.of(request("old", EFFECTIVE - 1), request("new", EFFECTIVE));
        try (SynthesizeHarness task = task().open()) {
            before = task.snapshot();
            shortChunksFrom(EFFECTIVE);
            log.show(WRITTEN + 100);
            task.runMail();
            task.setTime(EFFECTIVE + 100);
            log.show(EFFECTIVE);
            task.runMail();
            for (RequestEvent request : requests) {
                task.process(request);
            }
            task.drain();
            undisturbed = task.speech();
            assertThat(task.borders("new")).startsWith(4, 20);
        }
        log.knownAtStart(WRITTEN - 1);
        try (SynthesizeHarness task = task().restore(before).startAt(EFFECTIVE + 200).open()) {
            for (RequestEvent request : requests) {
                task.process(request);
            }
            log.show(EFFECTIVE + 100);
            task.runMail();
            task.drain();
            assertThat(task.speech()).isEqualTo(undisturbed);
        }
    }

    /** In mid-generation, with the change in the state and another one after it. */
    @Test
    void testChangesAndTermsSurviveARestore() throws Exception {
        OperatorSubtaskState checkpoint;
        Map<String, List<String>> undisturbed;
        shortChunksFrom(EFFECTIVE);
        try (SynthesizeHarness task = task().startAt(EFFECTIVE).open()) {
            task.process(request("r", EFFECTIVE));
            log.show(EFFECTIVE);
            task.runUntil(task::busy);
            task.steps(60);
            checkpoint = task.snapshot();
            int records = task.chunks().size();
            task.drain();
            undisturbed = Map.of("r", task.speech().get("r").subList(records, 9));
        }
        log.write(EFFECTIVE, "tts.chunk.tokens", value("30", EFFECTIVE + 10_000));
        log.knownAtStart(EFFECTIVE + 10_000);
        try (SynthesizeHarness task =
                task().restore(checkpoint).startAt(EFFECTIVE + 10_000).open()) {
            task.process(request("middle", EFFECTIVE + 9_999));
            task.process(request("new", EFFECTIVE + 10_000));
            task.drain();
            assertThat(task.speech().get("r")).isEqualTo(undisturbed.get("r"));
            assertThat(task.borders("middle")).startsWith(4, 20, 20);
            assertThat(task.borders("new")).startsWith(4, 30, 26);
        }
    }

    @Test
    void testSubtasksOfARescaleHaveTheChanges() throws Exception {
        OperatorSubtaskState checkpoint;
        shortChunksFrom(EFFECTIVE);
        try (SynthesizeHarness task = task().open()) {
            checkpoint = task.snapshot();
        }
        log.knownAtStart(EFFECTIVE);
        for (int subtask = 0; subtask < 2; subtask++) {
            try (SynthesizeHarness task =
                    task().subtask(subtask, 2).restore(checkpoint).startAt(EFFECTIVE).open()) {
                String id = idOf(subtask);
                task.process(request(id, EFFECTIVE));
                task.drain();
                assertThat(task.borders(id)).startsWith(4, 20);
            }
        }
    }

    /** An id whose key group is one of a subtask's, of two. */
    private static String idOf(int subtask) {
        for (int i = 0; ; i++) {
            int group =
                    KeyGroupRangeAssignment.assignToKeyGroup(
                            "r" + i, SynthesizeHarness.MAX_PARALLELISM);
            if (group * 2 / SynthesizeHarness.MAX_PARALLELISM == subtask) {
                return "r" + i;
            }
        }
    }

    /** By their ids, so that a replay, on whichever subtask, takes the same. */
    @Test
    void testShareOfTheRequestsIsTriedOn() throws Exception {
        log.write(
                WRITTEN,
                "tts.chunk.first-tokens",
                "{\"value\": 4, \"effectiveFrom\": \"%s\", \"experiment\": \"short\", \"share\": 0.3}"
                        .formatted(Instant.ofEpochMilli(EFFECTIVE)));
        log.knownAtStart(EFFECTIVE);
        Trial trial = new Trial("short", 0.3);
        try (SynthesizeHarness task = task().startAt(EFFECTIVE).open()) {
            task.process(request("before", EFFECTIVE - 1));
            for (int i = 0; i < 20; i++) {
                task.process(request("r" + i, EFFECTIVE));
            }
            task.drain();
            for (int i = 0; i < 20; i++) {
                String id = "r" + i;
                boolean treated = trial.treats(id);
                assertThat(task.borders(id).get(0)).isEqualTo(treated ? 4 : 10);
                assertThat(task.chunks())
                        .filteredOn(chunk -> chunk.requestId().equals(id))
                        .allMatch(chunk -> chunk.arm().equals(treated ? "short:b" : "short:a"));
            }
            assertThat(task.chunks())
                    .filteredOn(chunk -> chunk.requestId().equals("before"))
                    .allMatch(chunk -> chunk.arm() == null);
        }
    }

    /** Else a side that is turned away more often would seem to end as well as the other. */
    @Test
    void testRequestThatIsTurnedAwayIsOnASide() throws Exception {
        log.write(
                WRITTEN,
                "tts.chunk.first-tokens",
                "{\"value\": 4, \"effectiveFrom\": \"%s\", \"experiment\": \"short\", \"share\": 0.3}"
                        .formatted(Instant.ofEpochMilli(EFFECTIVE)));
        log.knownAtStart(EFFECTIVE);
        try (SynthesizeHarness task =
                task().startAt(EFFECTIVE).queueCapacity(1).rejectWhenFull().open()) {
            task.process(request("first", EFFECTIVE));
            task.process(request("r5", EFFECTIVE));
            task.checkpoint();
            task.drain();
            assertThat(task.finishReasons("r5")).containsExactly("overloaded");
            assertThat(task.chunks())
                    .filteredOn(chunk -> chunk.requestId().equals("r5"))
                    .singleElement()
                    .satisfies(chunk -> assertThat(chunk.arm()).isEqualTo("short:b"));
        }
    }

    @Test
    void testLengthIsLimitedByTimestamp() throws Exception {
        log.write(WRITTEN, "tts.max-semantic-tokens", value("30", EFFECTIVE));
        log.knownAtStart(EFFECTIVE);
        try (SynthesizeHarness task = task().startAt(EFFECTIVE).open()) {
            task.process(request("old", EFFECTIVE - 1));
            task.process(request("new", EFFECTIVE));
            task.drain();
            assertThat(task.finishReasons("old")).containsExactly("stop");
            assertThat(task.finishReasons("new")).containsExactly("length");
            assertThat(task.borders("new")).containsExactly(10, 20, 10, 20);
        }
    }

    @Test
    void testQueueIsLimitedFromWhenTheChangeIsRead() throws Exception {
        try (SynthesizeHarness task = task().slots(1).withoutCheckpoints().open()) {
            for (String id : List.of("1", "2", "3")) {
                task.process(request(id, WRITTEN));
            }
            task.drain();
            log.write(WRITTEN, "tts.queue.when-full", "{\"value\": \"reject\"}");
            log.write(WRITTEN, "tts.queue.capacity", "{\"value\": 1}");
            log.show(WRITTEN);
            task.runMail();
            task.process(request("4", WRITTEN));
            task.process(request("5", WRITTEN));
            assertThat(task.finishReasons("5")).containsExactly("overloaded");
            task.drain();
            assertThat(task.finishReasons("3")).containsExactly("stop");
            assertThat(task.finishReasons("4")).containsExactly("stop");
        }
    }

    /** Also while input is held back for want of room, when a second input could not be read. */
    @Test
    void testChangeIsReadWhileInputIsHeld() throws Exception {
        try (SynthesizeHarness task = task().slots(1).queueCapacity(1).open()) {
            task.setTime(EFFECTIVE);
            task.process(request("1", EFFECTIVE));
            log.write(EFFECTIVE - 3_000, "tts.queue.capacity", "{\"value\": 10}");
            log.show(EFFECTIVE - 3_000);
            // Nothing can be generated yet, so only the change can end the hold.
            task.process(request("2", EFFECTIVE));
            assertThat(task.chunks()).isEmpty();
            log.show(EFFECTIVE);
            task.runUntil(task::busy);
            task.drain();
            assertThat(task.finishReasons("2")).containsExactly("stop");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tts.chunk.tokens   | no JSON",
                "tts.chunk.tokens   | {\"value\": 0, \"effectiveFrom\": \"1970-01-01T00:16:50Z\"}",
                "tts.chunk.tokens   | {\"value\": 4, \"effectiveFrom\": \"1970-01-01T00:16:41Z\"}",
                "tts.chunk.tokens   | {\"value\": 4}",
                "tts.segment.max-units | {\"value\": 4}",
                "tts.queue.capacity |",
                "                   | {\"value\": 4}"
            })
    void testBadRecordChangesNothing(String key, String json) throws Exception {
        log.write(WRITTEN, key, json);
        log.write(WRITTEN, "tts.chunk.first-tokens", value("4", EFFECTIVE));
        log.knownAtStart(EFFECTIVE);
        try (SynthesizeHarness task = task().startAt(EFFECTIVE).open()) {
            task.process(request("r", EFFECTIVE));
            task.drain();
            assertThat(task.borders("r")).startsWith(4, 25, 25);
        }
    }

    /** In the order of their times, the third is more than the first allows. */
    @Test
    void testValuesThatGoTogetherSurviveARestore() throws Exception {
        OperatorSubtaskState checkpoint;
        long later = EFFECTIVE + 1_000;
        log.write(WRITTEN, "tts.max-semantic-tokens", value("40", EFFECTIVE));
        log.write(WRITTEN, "tts.max-semantic-tokens", value("60", later));
        log.write(WRITTEN, "tts.min-semantic-tokens", value("50", later));
        log.write(WRITTEN, "tts.max-semantic-tokens", value("70", later));
        SynthesizeHarness.Builder builder =
                task().engine(
                                gpus ->
                                        new ScriptedEngine(ScriptedEngine.model(12_686, 8193), 4)
                                                .endAfter(20));
        try (SynthesizeHarness task = builder.open()) {
            checkpoint = task.snapshot();
        }
        log.knownAtStart(later);
        try (SynthesizeHarness task = builder.restore(checkpoint).startAt(later).open()) {
            task.process(request("r", later));
            task.drain();
            assertThat(task.borders("r")).startsWith(10, 25, 15);
        }
    }

    /** Of a job that was started with a greater limit. */
    @Test
    void testValueThatIsNoLongerPossibleIsForgotten() throws Exception {
        OperatorSubtaskState checkpoint;
        log.write(WRITTEN, "tts.max-semantic-tokens", value("70", EFFECTIVE));
        log.write(WRITTEN, "tts.chunk.tokens", value("20", EFFECTIVE));
        try (SynthesizeHarness task = task().open()) {
            checkpoint = task.snapshot();
        }
        log.knownAtStart(EFFECTIVE);
        try (SynthesizeHarness task =
                task().maxSemanticTokens(50).restore(checkpoint).startAt(EFFECTIVE).open()) {
            task.process(request("r", EFFECTIVE));
            task.drain();
            assertThat(task.borders("r")).startsWith(10, 20, 20, 10);
        }
    }

    /** A failover does not wait for a topic that requests with terms need no more. */
    @Test
    void testRequestsContinueWhileTheTopicCannotBeRead() throws Exception {
        OperatorSubtaskState checkpoint;
        shortChunksFrom(EFFECTIVE);
        log.knownAtStart(EFFECTIVE);
        try (SynthesizeHarness task = task().startAt(EFFECTIVE).open()) {
            task.process(request("r", EFFECTIVE - 1));
            task.steps(60);
            checkpoint = task.snapshot();
        }
        log.unreadableAtStart();
        try (SynthesizeHarness task = task().restore(checkpoint).startAt(EFFECTIVE).open()) {
            task.process(request("new", EFFECTIVE));
            task.drain();
            assertThat(task.finishReasons("r")).containsExactly("stop");
            assertThat(task.borders("new")).isEmpty();

            log.show(EFFECTIVE);
            task.runUntil(task::busy);
            task.drain();
            assertThat(task.borders("new")).startsWith(4, 20);
        }
    }

    /** Else a job that is to drain would never end. */
    @Test
    @Timeout(30)
    void testRequestsWithoutTermsEndSomeTimeAfterTheInput() throws Exception {
        log.unreadableAtStart();
        try (SynthesizeHarness task = task().open()) {
            task.process(request("r", WRITTEN));
            task.elapseLater(WRITTEN + 30_000);
            task.endInput();
            assertThat(task.finishReasons("r")).containsExactly("error");
            assertThat(task.chunks())
                    .singleElement()
                    .satisfies(end -> assertThat(end.end().error()).contains("control topic"));
        }
    }

    /** Of which a saved offset and saved values say nothing. */
    @Test
    void testAnotherTopicIsReadFromItsBeginning() throws Exception {
        OperatorSubtaskState checkpoint;
        shortChunksFrom(EFFECTIVE);
        log.write(WRITTEN, "tts.queue.capacity", "{\"value\": 3}");
        try (SynthesizeHarness task = task().open()) {
            checkpoint = task.snapshot();
        }
        ScriptedControlLog other =
                new ScriptedControlLog()
                        .write(WRITTEN, "tts.chunk.first-tokens", value("6", EFFECTIVE))
                        .knownAtStart(EFFECTIVE);
        try (RecordedLog recorded = new RecordedLog(Level.WARN);
                SynthesizeHarness task =
                        task().control(other::open).restore(checkpoint).startAt(EFFECTIVE).open()) {
            task.process(request("r", EFFECTIVE));
            task.drain();
            assertThat(task.borders("r")).startsWith(6, 25, 25, 4);
            assertThat(recorded.lines()).singleElement().asString().contains("are forgotten");
        }
    }

    /** A job that is started without its control topic, and then with it again. */
    @Test
    void testTopicMayBeLeftOut() throws Exception {
        OperatorSubtaskState controlled;
        OperatorSubtaskState without;
        shortChunksFrom(EFFECTIVE);
        log.knownAtStart(EFFECTIVE);
        try (SynthesizeHarness task = task().startAt(EFFECTIVE).open()) {
            task.process(request("r", EFFECTIVE));
            task.steps(60);
            controlled = task.snapshot();
        }
        try (SynthesizeHarness task =
                task().control(null).restore(controlled).startAt(EFFECTIVE).open()) {
            task.process(request("new", EFFECTIVE));
            task.steps(80);
            without = task.snapshot();
            assertThat(task.borders("r")).contains(20).doesNotContain(25);
            assertThat(task.borders("new")).startsWith(10, 25);
        }
        try (SynthesizeHarness task = task().restore(without).startAt(EFFECTIVE).open()) {
            task.drain();
            assertThat(task.finishReasons("new")).containsExactly("stop");
            assertThat(task.borders("new")).doesNotContain(20);
        }
    }
}
