package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.synthesis.Attributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What requests get that come when there is more to do than can be done. */
class DegradeTest {

    /** One slot, and requests of 60 tokens in each of two segments. */
    private static SynthesizeHarness.Builder task() {
        return new SynthesizeHarness.Builder()
                .engine(
                        gpus ->
                                new ScriptedEngine(ScriptedEngine.model(12_686, 8193), 1)
                                        .endAfter(prompt -> 60));
    }

    private static RequestEvent request(String id) {
        return Events.whole(id, Events.TWO_SENTENCES);
    }

    @Test
    void testRequestThatFindsALongQueueIsCutShort() throws Exception {
        try (SynthesizeHarness task =
                task().set(DegradeSettings.QUEUE_LENGTH, 2)
                        .set(DegradeSettings.MAX_SEMANTIC_TOKENS, 30)
                        .open()) {
            for (String id : List.of("1", "2", "3")) {
                task.process(request(id));
            }
            task.drain();
            task.process(request("4"));
            task.drain();
            assertThat(task.finishReasons("1")).containsExactly("stop");
            assertThat(task.finishReasons("2")).containsExactly("stop");
            assertThat(task.finishReasons("3")).containsExactly("length");
            assertThat(task.borders("3")).containsExactly(10, 20, 10, 20);
            assertThat(task.finishReasons("4")).as("the queue is empty").containsExactly("stop");
        }
    }

    @Test
    void testRequestThatFindsALongQueueWaitsBehindOthers() throws Exception {
        try (SynthesizeHarness task =
                task().set(DegradeSettings.QUEUE_LENGTH, 1)
                        .set(DegradeSettings.PRIORITY_DROP, 5)
                        .open()) {
            task.process(request("first"));
            task.process(request("late"));
            task.process(
                    Events.with("important", Events.TWO_SENTENCES, Attributes.of("priority", 6)));
            task.process(
                    Events.with(
                            "least",
                            Events.TWO_SENTENCES,
                            Attributes.of("priority", Integer.MIN_VALUE)));
            task.drain();
            assertThat(task.chunks().stream().map(TokenChunk::requestId).distinct())
                    .containsExactly("important", "first", "late", "least");
        }
    }

    @Test
    void testRequestThatFindsAVeryLongQueueIsTurnedAway() throws Exception {
        try (SynthesizeHarness task =
                task().set(DegradeSettings.OVERLOADED_QUEUE_LENGTH, 2)
                        .withoutCheckpoints()
                        .open()) {
            for (String id : List.of("1", "2", "3")) {
                task.process(request(id));
            }
            assertThat(task.finishReasons("3")).containsExactly("overloaded");
            task.drain();
            task.process(request("4"));
            task.drain();
            assertThat(task.finishReasons("4")).containsExactly("stop");
        }
    }

    /** What came in good times is not cut short in bad ones, nor the other way round. */
    @Test
    void testRequestKeepsItsLimitOverARestore() throws Exception {
        SynthesizeHarness.Builder builder =
                task().set(DegradeSettings.QUEUE_LENGTH, 2)
                        .set(DegradeSettings.MAX_SEMANTIC_TOKENS, 30);
        OperatorSubtaskState checkpoint;
        try (SynthesizeHarness task = builder.open()) {
            for (String id : List.of("1", "2", "3")) {
                task.process(request(id));
            }
            task.steps(20);
            checkpoint = task.snapshot();
        }
        // The queue is no reason any more when the limit is to be applied.
        try (SynthesizeHarness task =
                task().set(DegradeSettings.QUEUE_LENGTH, 1)
                        .set(DegradeSettings.MAX_SEMANTIC_TOKENS, 15)
                        .restore(checkpoint)
                        .open()) {
            task.drain();
            assertThat(task.finishReasons("1")).containsExactly("stop");
            assertThat(task.finishReasons("2")).containsExactly("stop");
            assertThat(task.borders("3")).containsExactly(10, 20, 10, 20);
        }
    }

    @Test
    void testLateFirstChunksMakeATaskLoaded() throws Exception {
        try (SynthesizeHarness task =
                task().set(RequestSettings.FIRST_CHUNK_OBJECTIVE, Duration.ofMillis(100))
                        .set(DegradeSettings.FIRST_CHUNK_MISSED, 0.5)
                        .set(DegradeSettings.MAX_SEMANTIC_TOKENS, 30)
                        .open()) {
            for (int i = 0; i < 20; i++) {
                task.process(request("late" + i));
                task.setTime((i + 1) * 200L);
                task.drain();
            }
            assertThat(task.finishReasons("late19")).containsExactly("stop");
            task.process(request("short"));
            task.drain();
            assertThat(task.finishReasons("short")).containsExactly("length");
            task.setTime(120_000);
            task.process(request("a minute later"));
            task.drain();
            assertThat(task.finishReasons("a minute later")).containsExactly("stop");
        }
    }

    /** With a control topic, too: the lower of both limits counts. */
    @Test
    void testLoadAndSwitchesGoTogether() throws Exception {
        ScriptedControlLog log =
                new ScriptedControlLog()
                        .write(
                                0,
                                "tts.max-semantic-tokens",
                                "{\"value\": 20, \"effectiveFrom\": \"1970-01-01T00:00:06Z\"}")
                        .knownAtStart(10_000);
        try (SynthesizeHarness task =
                task().set(DegradeSettings.QUEUE_LENGTH, 1)
                        .set(DegradeSettings.MAX_SEMANTIC_TOKENS, 30)
                        .control(log::open)
                        .startAt(10_000)
                        .open()) {
            task.process(Events.at(5_999, request("1")));
            task.process(Events.at(5_999, request("loaded")));
            task.process(Events.at(6_000, request("switched")));
            task.drain();
            assertThat(task.finishReasons("1")).containsExactly("stop");
            assertThat(task.borders("loaded")).containsExactly(10, 20, 10, 20);
            assertThat(task.borders("switched")).containsExactly(10, 10, 10, 10);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tts.degrade.queue-length=5 | expected one of",
                "tts.degrade.priority-drop=5 | expected one of",
                "tts.degrade.first-chunk-missed=2,tts.degrade.priority-drop=1 | 0 to 1",
                "tts.degrade.queue-length=-1 | tts.degrade.queue-length is -1",
                "tts.degrade.queue-length=1,tts.degrade.max-semantic-tokens=3000 | at most 2048",
                "tts.degrade.queue-length=1,tts.degrade.priority-drop=2000000 | at most 1000000"
            })
    void testValuesThatCannotWorkAreRefused(String options, String reason) {
        Map<String, String> values = new HashMap<>();
        for (String option : options.split(",")) {
            values.put(option.split("=")[0], option.split("=")[1]);
        }
        assertThatThrownBy(() -> DegradeSettings.from(Configuration.fromMap(values)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void testItIsOffByDefault() {
        assertThat(DegradeSettings.from(new Configuration()).isOn()).isFalse();
    }

    @Test
    void testShareOfLateChunksIsThatOfTheLatestHundred() {
        LateChunks chunks = new LateChunks();
        IntStream.range(0, 19).forEach(i -> chunks.add(true, i));
        assertThat(chunks.share(19)).as("too few").isZero();
        IntStream.range(19, 1_000).forEach(i -> chunks.add(i % 4 == 0, i));
        assertThat(chunks.share(1_000)).isEqualTo(0.25);
        assertThat(chunks.share(Duration.ofMinutes(2).toNanos())).isZero();
    }
}
