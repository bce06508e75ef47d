package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.fuzz.AllocatedBytes;
import io.rwkvtts.fuzz.Mutator;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.operator.CheckEvents;
import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.operator.RequestEvent;
import io.rwkvtts.operator.SourceRecord;
import io.rwkvtts.operator.SynthesisSettings;
import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.TextEvents;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spoilt records through the deserializer and CheckEvents to the bytes of the dead letters: none
 * fails, and each becomes either a valid event or one dead letter.
 */
class RequestFuzzTest {

    private static final Logger LOG = LoggerFactory.getLogger(RequestFuzzTest.class);

    private static final int RECORDS = 40_000;

    /** What decoding may take: the record a few times over, and something for any of them. */
    private static final long MAX_ALLOCATED_PER_BYTE = 32;

    private static final long MAX_ALLOCATED = 1 << 20;

    private static final OutputTag<RejectedRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(RejectedRecord.class));

    private static final List<TextEvent> EVENTS =
            List.of(
                    TextEvent.newBuilder().setRequestId("r1").setText("Hello.").build(),
                    TextEvent.newBuilder().setRequestId("r2").setCancel(true).build(),
                    TextEvent.newBuilder()
                            .setRequestId("请求-3")
                            .setSequence(1)
                            .setText("Straße, 早上好 😀. ".repeat(20))
                            .setLast(false)
                            .build(),
                    TextEvent.newBuilder(TextEvents.full())
                            .setRequestId("r4")
                            .setSequence(0)
                            .setText("All of it.")
                            .setLast(true)
                            .setCancel(false)
                            .setVoiceId(null)
                            .setDeadline(null)
                            .setBudgetMs(1_000_000_000_000L)
                            .build(),
                    TextEvent.newBuilder().setRequestId("r5").setText("x".repeat(9_000)).build());

    @TempDir private static Path directory;
    private static SynthesisSettings settings;

    private final DeadLetterSerializer letterBytes = new DeadLetterSerializer("dead-letters");
    private OneInputStreamOperatorTestHarness<SourceRecord, RequestEvent> prepareText;

    @BeforeAll
    static void exportModel() throws Exception {
        SpeechModel model =
                DemoVoice.model(new ModelCache(directory.resolve("cache")), Optional.empty());
        settings = TtsSettings.from(new Configuration(), model).synthesis();
    }

    @BeforeEach
    void open() throws Exception {
        prepareText =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(new CheckEvents(settings, DEAD_LETTERS)));
        prepareText.open();
        letterBytes.open(null, null);
    }

    @AfterEach
    void close() throws Exception {
        prepareText.close();
    }

    @ParameterizedTest
    @EnumSource(InputFormat.class)
    void testEachSpoiltRecordIsAnEventOrADeadLetter(InputFormat format) throws Exception {
        List<byte[]> originals = originals(format);
        RequestDeserializer deserializer = new RequestDeserializer(format);
        deserializer.open(null);
        originals.forEach(value -> decode(deserializer, null, value, -1));
        int accepted = 0;
        int rejected = 0;
        for (int i = 0; i < RECORDS; i++) {
            Mutator mutator = new Mutator(i);
            byte[] value = mutator.mutate(originals.get(i % originals.size()));
            byte[] key = i % 3 == 0 ? mutator.mutate("r1".getBytes(UTF_8)) : null;
            SourceRecord record = decode(deserializer, key, value, i);
            prepareText.processElement(record, 0);
            int events = takeValidEvents();
            int letters = takeLetters();
            require(events + letters == 1, "outputs of record " + i);
            accepted += events;
            rejected += letters;
        }
        LOG.info("{}: {} events, {} dead letters", format, accepted, rejected);
        assertThat(accepted + rejected).isEqualTo(RECORDS);
        assertThat(accepted).isGreaterThan(RECORDS / 20);
        assertThat(rejected).isGreaterThan(RECORDS / 20);
    }

    private static List<byte[]> originals(InputFormat format) {
        List<byte[]> originals = new ArrayList<>();
        for (TextEvent event : EVENTS) {
            originals.add(
                    format == InputFormat.TEXT
                            ? event.getText().getBytes(UTF_8)
                            : format.encode(event));
        }
        return originals;
    }

    private static SourceRecord decode(
            RequestDeserializer deserializer, byte[] key, byte[] value, int number) {
        List<SourceRecord> records = new ArrayList<>(1);
        ListCollector<SourceRecord> collector = new ListCollector<>(records);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("requests", 0, Math.max(0, number), key, value);
        long before = AllocatedBytes.byThisThread();
        deserializer.deserialize(record, collector);
        long allocated = AllocatedBytes.byThisThread() - before;
        long bytes = value.length + (key == null ? 0 : key.length);
        require(records.size() == 1, "one result of a record");
        require(
                allocated < MAX_ALLOCATED + MAX_ALLOCATED_PER_BYTE * bytes || number < 0,
                allocated + " bytes allocated for record " + number + " of " + bytes);
        return records.get(0);
    }

    /** The invalid ones among the events only end their requests: their letters are counted. */
    private int takeValidEvents() {
        int valid = 0;
        for (RequestEvent event : prepareText.extractOutputValues()) {
            valid += event.rejection() == null ? 1 : 0;
        }
        prepareText.getOutput().clear();
        return valid;
    }

    private int takeLetters() {
        Queue<StreamRecord<RejectedRecord>> letters = prepareText.getSideOutput(DEAD_LETTERS);
        if (letters == null) {
            return 0;
        }
        int taken = 0;
        for (; !letters.isEmpty(); taken++) {
            RejectedRecord letter = letters.remove().getValue();
            String detail = letter.detail();
            require(!detail.isBlank() && detail.length() < 1_000, detail);
            require(
                    letterBytes.serialize(letter, null, null).value().length > 0,
                    "bytes of the letter");
        }
        return taken;
    }

    /** AssertJ is too slow to be called a hundred thousand times. */
    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
