package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.synthesis.Attributes;
import io.rwkvtts.synthesis.RequestAttributes;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckEventsTest {

    private static final OutputTag<RejectedRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(RejectedRecord.class));

    private static final long LONGEST_BUDGET = Long.MAX_VALUE - Events.TIMESTAMP;

    private CheckEvents function;
    private OneInputStreamOperatorTestHarness<SourceRecord, RequestEvent> harness;

    @BeforeEach
    void open() throws Exception {
        Configuration config = new Configuration();
        config.set(
                SynthesisSettings.VOICES,
                new File(SynthesizeHarness.resource("vectors/voice-a.raf.json")).getParent());
        SynthesisSettings settings =
                SynthesisSettings.from(
                        config, Path.of(SynthesizeHarness.resource("vectors/mini_vocab.txt")), 0);
        function = new CheckEvents(settings, DEAD_LETTERS);
        harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    private void process(RequestEvent event) throws Exception {
        harness.processElement(new SourceRecord(event, null, false), 0);
    }

    private List<RejectedRecord> deadLetters() {
        var letters = harness.getSideOutput(DEAD_LETTERS);
        return letters == null ? List.of() : letters.stream().map(StreamRecord::getValue).toList();
    }

    @Test
    void testLetsValidEventsThrough() throws Exception {
        List<RequestEvent> events =
                List.of(
                        Events.whole("r", "Hello."),
                        Events.piece("s", 0, "", false),
                        Events.piece("s", 1, " ", true),
                        Events.cancel("s"),
                        Events.with("v", "Hello.", Attributes.of("voiceId", "voice-a")),
                        Events.with("e", "Hello.", Attributes.of("voiceId", "")),
                        Events.with("p", "Hello.", Attributes.of("emotion", "happy")),
                        Events.with("b", "Hello.", Attributes.of("budgetMs", 0L)),
                        Events.with("l", "Hello.", Attributes.of("budgetMs", LONGEST_BUDGET)),
                        Events.with("x".repeat(256), "x".repeat(10_000), RequestAttributes.NONE));
        for (RequestEvent event : events) {
            process(event);
        }
        assertThat(harness.extractOutputValues())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(events);
        assertThat(deadLetters()).isEmpty();
    }

    static Stream<Arguments> invalid() {
        RequestAttributes none = RequestAttributes.NONE;
        return Stream.of(
                Arguments.of("", none, "text is blank"),
                Arguments.of(" \n\t", none, "text is blank"),
                Arguments.of("lone \ud800 surrogate", none, "5"),
                Arguments.of("x".repeat(10_001), none, "at most 10000"),
                Arguments.of("Hi", Attributes.of("voiceId", "unknown"), "unknown"),
                Arguments.of("Hi", Attributes.of("voiceId", "../voice-a"), "malformed"),
                Arguments.of("Hi", Attributes.of("age", "ancient"), "ancient"),
                Arguments.of("Hi", Attributes.of("gender", "neither"), "neither"),
                Arguments.of("Hi", Attributes.of("emotion", "bored"), "bored"),
                Arguments.of("Hi", Attributes.of("pitch", "low"), "low"),
                Arguments.of("Hi", Attributes.of("speed", "warp"), "warp"),
                Arguments.of("Hi", Attributes.of("temperature", -0.1), "temperature"),
                Arguments.of("Hi", Attributes.of("temperature", Double.NaN), "temperature"),
                Arguments.of("Hi", Attributes.of("topP", Double.POSITIVE_INFINITY), "topP"),
                Arguments.of("Hi", Attributes.of("topK", -1), "topK"),
                Arguments.of("Hi", Attributes.of("maxSemanticTokens", 0), "maxSemanticTokens"),
                Arguments.of("Hi", Attributes.of("maxSemanticTokens", 2_049), "2048"),
                Arguments.of("Hi", Attributes.of("minSemanticTokens", -1), "minSemanticTokens"),
                Arguments.of("Hi", Attributes.of("deadlineMs", -1L), "deadline"),
                Arguments.of("Hi", Attributes.of("budgetMs", -1L), "budgetMs is -1, expected 0 to"),
                Arguments.of(
                        "Hi",
                        Attributes.of("budgetMs", Long.MAX_VALUE),
                        "from the record's timestamp 1000"),
                Arguments.of(
                        "Hi",
                        Attributes.of(Map.of("deadlineMs", 5_000L, "budgetMs", 10L)),
                        "deadline is 5000 and budgetMs is 10, expected one of them only"),
                Arguments.of("Hi", Attributes.of("tenant", "t".repeat(257)), "tenant"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void testInvalidEventBecomesADeadLetterAndContinuesMarked(
            String text, RequestAttributes attributes, String named) throws Exception {
        RequestEvent event = Events.with("r", text, attributes);
        process(event);
        process(Events.whole("next", "Hello."));

        assertThat(deadLetters()).hasSize(1);
        RejectedRecord letter = deadLetters().get(0);
        assertThat(letter.reason()).isEqualTo(RejectedRecord.Reason.INVALID);
        assertThat(letter.detail()).contains(named);
        assertThat(letter.requestId()).isEqualTo("r");
        assertThat(letter.origin()).isEqualTo(event.origin());
        assertThat(letter.payload()).isEqualTo(event.payload());
        assertThat(harness.extractOutputValues())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(event.rejected(letter.detail()), Events.whole("next", "Hello."));
    }

    /** An operator of the same chain may fail with any exception. */
    @Test
    void testFaultFurtherOnIsNotTheSenders() {
        List<RequestEvent> passedOn = new ArrayList<>();
        List<Object> rejected = new ArrayList<>();
        Collector<RequestEvent> failing =
                new Collector<>() {
                    @Override
                    public void collect(RequestEvent event) {
                        passedOn.add(event);
                        throw new IllegalArgumentException("a fault of the job");
                    }

                    @Override
                    public void close() {}
                };
        ProcessFunction<SourceRecord, RequestEvent>.Context context =
                function.new Context() {
                    @Override
                    public Long timestamp() {
                        return 0L;
                    }

                    @Override
                    public TimerService timerService() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public <X> void output(OutputTag<X> tag, X value) {
                        rejected.add(value);
                    }
                };
        SourceRecord record = new SourceRecord(Events.whole("r", "Hello."), null, false);

        assertThatThrownBy(() -> function.processElement(record, context, failing))
                .hasMessage("a fault of the job");
        assertThat(passedOn).hasSize(1);
        assertThat(rejected).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("unusableIds")
    void testEventWithoutAUsableIdBecomesADeadLetterOnly(String id) throws Exception {
        process(Events.whole(id, "Hello."));
        assertThat(deadLetters()).hasSize(1);
        assertThat(harness.extractOutputValues()).isEmpty();
    }

    static Stream<String> unusableIds() {
        return Stream.of("", " ", "x".repeat(257), "\udc00");
    }

    @Test
    void testUndecodableRecordBecomesADeadLetterAsItIs() throws Exception {
        RejectedRecord record = undecodable(null);
        harness.processElement(new SourceRecord(null, record, false), 0);
        assertThat(deadLetters())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(record);
        assertThat(harness.extractOutputValues()).isEmpty();
    }

    @Test
    void testUndecodableRecordOfAKnownRequestAlsoEndsIt() throws Exception {
        RejectedRecord record = undecodable("r");
        harness.processElement(new SourceRecord(null, record, false), 0);
        assertThat(deadLetters())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(record);
        assertThat(harness.extractOutputValues())
                .singleElement()
                .satisfies(
                        event -> {
                            assertThat(event.requestId()).isEqualTo("r");
                            assertThat(event.rejection()).isEqualTo("no schema");
                            assertThat(event.timestampMs()).isEqualTo(5);
                        });
    }

    @ParameterizedTest
    @MethodSource("unusableIds")
    void testUndecodableRecordWithoutAUsableIdBecomesADeadLetterOnly(String id) throws Exception {
        harness.processElement(new SourceRecord(null, undecodable(id), false), 0);
        assertThat(deadLetters()).hasSize(1);
        assertThat(harness.extractOutputValues()).isEmpty();
    }

    private static RejectedRecord undecodable(String requestId) {
        return new RejectedRecord(
                RejectedRecord.Reason.UNDECODABLE,
                "no schema",
                requestId,
                5,
                new Origin("requests", 1, 2),
                null,
                new byte[] {9});
    }
}
