package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static io.rwkvtts.operator.Events.requests;
import static io.rwkvtts.operator.SynthesizeHarness.undisturbed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.ScriptedEngine;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SynthesizeOperatorTest {

    @Test
    void testGeneratesManyRequestsAtOnceAsEachAlone() throws Exception {
        List<RequestEvent> events = requests(20);
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            for (RequestEvent event : events) {
                task.process(event);
                task.steps(3);
            }
            task.drain();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
            for (RequestEvent event : events) {
                assertThat(task.finishReasons(event.requestId())).hasSize(1);
            }
        }
    }

    @Test
    void testRecordsCarryConsecutiveNumbersAndTheVoiceOnceASegment() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.process(requests(1).get(0));
            task.drain();
            long sequence = 0;
            long offset = 0;
            int segment = -1;
            for (TokenChunk chunk : task.chunks()) {
                assertThat(chunk.position().sequence()).isEqualTo(sequence++);
                assertThat(chunk.position().tokenOffset()).isEqualTo(offset);
                offset += chunk.tokens().length;
                if (chunk.finishReason() == null) {
                    assertThat(chunk.globalTokens() != null)
                            .isEqualTo(chunk.position().segment() > segment);
                    segment = chunk.position().segment();
                }
                assertThat(chunk.modelId()).isEqualTo("scripted-weights");
                assertThat(chunk.requestTimestampMs()).isEqualTo(Events.TIMESTAMP);
            }
            assertThat(segment).isEqualTo(1);
        }
    }

    @Test
    void testEventsOutOfOrderOrSplitAnywhereAreGeneratedAsOneText() throws Exception {
        RequestEvent whole = Events.whole("r", TWO_SENTENCES);
        Map<String, List<String>> expected = undisturbed(List.of(whole));
        Random random = new Random(5);
        for (int run = 0; run < 20; run++) {
            int cut = random.nextInt(TWO_SENTENCES.length());
            RequestEvent first = Events.piece("r", 0, TWO_SENTENCES.substring(0, cut), false);
            RequestEvent second = Events.piece("r", 1, TWO_SENTENCES.substring(cut), true);
            boolean swapped = random.nextBoolean();
            try (SynthesizeHarness task = SynthesizeHarness.open()) {
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
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
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

    @Test
    void testInvalidEventEndsItsRequestOnce() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.steps(50);
            task.process(Events.piece("r", 1, "more", true).rejected("speed is \"warp\""));
            task.process(Events.piece("r", 2, "more", true).rejected("again"));
            task.drain();
            TokenChunk end = task.chunks().get(task.chunks().size() - 1);
            assertThat(end.finishReason()).isEqualTo("error");
            assertThat(end.end().error()).isEqualTo("speed is \"warp\"");
            assertThat(task.finishReasons("r")).hasSize(1);
        }
    }

    @Test
    void testTextThatGrowsTooLongBecomesADeadLetterAndEndsTheRequest() throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().maxTextChars(30).open()) {
            task.process(Events.piece("r", 0, "x".repeat(20), false));
            task.process(Events.piece("r", 1, "x".repeat(20), true));
            assertThat(task.finishReasons("r")).containsExactly("error");
            assertThat(task.deadLetters()).hasSize(1);
            RejectedRecord letter = task.deadLetters().get(0);
            assertThat(letter.reason()).isEqualTo("invalid");
            assertThat(letter.detail()).contains(" characters");
            assertThat(letter.origin()).hasToString("requests-0@1");
            assertThat(letter.payload()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void testTextWithNothingToSpeakBecomesADeadLetterAndEndsTheRequest() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.process(Events.whole("r", "… !!"));
            assertThat(task.finishReasons("r")).containsExactly("error");
            assertThat(task.deadLetters()).hasSize(1);
        }
    }

    @Test
    void testEndOfInputGeneratesWhatIsComplete() throws Exception {
        List<RequestEvent> events = requests(8);
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
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
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            for (RequestEvent event : requests(5)) {
                task.process(event);
            }
            task.drain();
            assertThat(task.storedRequests()).isEqualTo(5);
        }
    }

    /** The restart strategy decides, and the next attempt finds the volume mounted. */
    @Test
    void testModelThatCannotBeReadYetIsNoReasonToFailForGood() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        SynthesizeHarness.Builder late =
                new SynthesizeHarness.Builder()
                        .engine(
                                gpus -> {
                                    if (attempts.incrementAndGet() == 1) {
                                        throw new NoSuchFileException("/models/model.onnx");
                                    }
                                    return SynthesizeHarness.scripted(1);
                                });
        assertThatThrownBy(late::open).isInstanceOf(NoSuchFileException.class);
        late.open().close();
    }

    @Test
    void testRefusesToStartForGoodWithAModelThatDoesNotFitTheVocabulary() {
        SynthesizeHarness.Builder small =
                new SynthesizeHarness.Builder()
                        .engine(
                                gpus ->
                                        SynthesizeHarness.scripted(
                                                1, ScriptedEngine.model(12_300, 8193)));
        assertThatThrownBy(small::open)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("12300");
    }
}
