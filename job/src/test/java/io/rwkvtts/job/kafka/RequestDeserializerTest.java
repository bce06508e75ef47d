package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.operator.Origin;
import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.operator.RequestEvent;
import io.rwkvtts.operator.SourceRecord;
import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.TextEvents;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.synthesis.Attributes;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.TextPiece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestDeserializerTest {

    private static final WireCodec<TextEvent> CODEC = WireCodec.textEvents();
    private static final Origin ORIGIN = new Origin("requests", 2, 17);

    @Test
    void testSimplestEventIsAWholeRequest() {
        byte[] value = CODEC.encode(event("r1").build());

        SourceRecord record = deserialize("r1".getBytes(UTF_8), value);

        assertThat(record.rejected()).isNull();
        assertThat(record.keyDiffers()).isFalse();
        assertThat(record.event())
                .isEqualTo(
                        new RequestEvent(
                                "r1",
                                TextPiece.whole("Hello."),
                                false,
                                RequestAttributes.NONE,
                                1234,
                                ORIGIN,
                                value,
                                null));
    }

    @Test
    void testEveryAttributeArrives() {
        RequestEvent received = deserialize(null, CODEC.encode(TextEvents.full())).event();

        assertThat(received.piece().sequence()).isEqualTo(41);
        assertThat(received.piece().last()).isFalse();
        assertThat(received.cancel()).isTrue();
        assertThat(received.attributes()).isEqualTo(Attributes.full());
    }

    @Test
    void testForeignOrMissingKeyIsMarked() {
        byte[] value = CODEC.encode(event("r1").build());

        assertThat(deserialize("r2".getBytes(UTF_8), value).keyDiffers()).isTrue();
        assertThat(deserialize(null, value).keyDiffers()).isTrue();
    }

    @Test
    void testUndecodableBytesAreRejectedWithKeyAndOrigin() {
        byte[] key = {1, 2};
        byte[] value = "not avro at all".getBytes(UTF_8);

        RejectedRecord rejected = deserialize(key, value).rejected();

        assertThat(rejected.reason()).isEqualTo("undecodable");
        assertThat(rejected.detail()).contains("starts with 6E 6F");
        assertThat(rejected.requestId()).isNull();
        assertThat(rejected.timestampMs()).isEqualTo(1234);
        assertThat(rejected.origin()).isEqualTo(ORIGIN);
        assertThat(rejected.key()).isSameAs(key);
        assertThat(rejected.payload()).isSameAs(value);
    }

    @Test
    void testTombstoneIsRejected() {
        RejectedRecord rejected = deserialize("r1".getBytes(UTF_8), null).rejected();

        assertThat(rejected.reason()).isEqualTo("undecodable");
        assertThat(rejected.detail()).contains("tombstone");
        assertThat(rejected.payload()).isNull();
    }

    @ParameterizedTest
    @EnumSource(InputFormat.class)
    void testRecordAfterABadOneIsServed(InputFormat format) {
        RequestDeserializer deserializer = open(format);
        byte[] bad = {(byte) 0xff, 1, 2};

        assertThat(deserialize(deserializer, null, bad).rejected()).isNotNull();
        assertThat(deserialize(deserializer, null, format.encode(event("r1").build())).event())
                .extracting(RequestEvent::piece)
                .isEqualTo(TextPiece.whole("Hello."));
    }

    @ParameterizedTest
    @EnumSource(InputFormat.class)
    void testEventThatIsTooLargeIsNotEncoded(InputFormat format) {
        TextEvent event = event("r1").setText("x".repeat(WireCodec.MAX_BYTES + 1)).build();

        assertThatThrownBy(() -> format.encode(event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large: at most 1,048,576");
    }

    @Test
    void testWhatPlainTextCannotSayIsNotEncoded() {
        TextEvent event = event("r1").setTopK(3).build();

        assertThatThrownBy(() -> InputFormat.TEXT.encode(event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whole request");
    }

    @Test
    void testJsonIsReadWithTheFieldNamesOfTheSchema() {
        byte[] value = "{\"requestId\":\"r1\",\"text\":\"Hello.\",\"topK\":3}".getBytes(UTF_8);

        SourceRecord record = deserialize(InputFormat.JSON, null, value);

        assertThat(record.event().requestId()).isEqualTo("r1");
        assertThat(record.event().piece().text()).isEqualTo("Hello.");
        assertThat(record.event().attributes().sampling().topK()).isEqualTo(3);
        assertThat(record.event().payload()).isSameAs(value);
        assertThat(record.keyDiffers()).isTrue();
    }

    @Test
    void testMalformedJsonIsRejected() {
        RejectedRecord rejected =
                deserialize(InputFormat.JSON, null, "{\"id\":1}".getBytes(UTF_8)).rejected();

        assertThat(rejected.reason()).isEqualTo("undecodable");
        assertThat(rejected.detail()).startsWith("field \"id\" is unknown");
    }

    @Test
    void testTheIdOfARejectedEventIsGivenOn() {
        byte[] json = "{\"requestId\":\"r1\",\"sequence\":null}".getBytes(UTF_8);
        byte[] avro = CODEC.encode(event("r1").build());
        byte[] latin1 = {'r', (byte) 0xe9};

        assertThat(deserialize(InputFormat.JSON, null, json).rejected().requestId())
                .isEqualTo("r1");
        assertThat(deserialize(null, Arrays.copyOf(avro, avro.length - 1)).rejected().requestId())
                .isEqualTo("r1");
        assertThat(
                        deserialize(InputFormat.TEXT, "r1".getBytes(UTF_8), latin1)
                                .rejected()
                                .requestId())
                .isEqualTo("r1");
    }

    @Test
    void testPlainTextIsAWholeRequestUnderItsKey() {
        SourceRecord record =
                deserialize(InputFormat.TEXT, "id".getBytes(UTF_8), "早.\n".getBytes(UTF_8));

        assertThat(record.event().requestId()).isEqualTo("id");
        assertThat(record.event().piece()).isEqualTo(TextPiece.whole("早.\n"));
        assertThat(record.event().attributes()).isEqualTo(RequestAttributes.NONE);
        assertThat(record.keyDiffers()).isFalse();
    }

    @Test
    void testPlainTextWithoutKeyIsNamedByItsOrigin() {
        byte[] value = "Hello.".getBytes(UTF_8);

        for (byte[] key : new byte[][] {null, {}}) {
            SourceRecord record = deserialize(InputFormat.TEXT, key, value);
            assertThat(record.event().requestId()).isEqualTo("requests-2-17");
            assertThat(record.keyDiffers()).isFalse();
        }
    }

    @Test
    void testPlainTextThatIsNotUtf8IsRejected() {
        byte[] latin1 = {'r', (byte) 0xe9};

        assertThat(deserialize(InputFormat.TEXT, null, latin1).rejected().detail())
                .isEqualTo("the text is not well-formed UTF-8");
        assertThat(deserialize(InputFormat.TEXT, latin1, new byte[0]).rejected().detail())
                .isEqualTo("the key, the request's id, is not well-formed UTF-8");
    }

    private static TextEvent.Builder event(String id) {
        return TextEvent.newBuilder().setRequestId(id).setText("Hello.");
    }

    private static RequestDeserializer open(InputFormat format) {
        RequestDeserializer deserializer = new RequestDeserializer(format);
        deserializer.open(null);
        return deserializer;
    }

    private static SourceRecord deserialize(byte[] key, byte[] value) {
        return deserialize(InputFormat.AVRO, key, value);
    }

    private static SourceRecord deserialize(InputFormat format, byte[] key, byte[] value) {
        return deserialize(open(format), key, value);
    }

    private static SourceRecord deserialize(
            RequestDeserializer deserializer, byte[] key, byte[] value) {
        List<SourceRecord> records = new ArrayList<>();
        deserializer.deserialize(
                new ConsumerRecord<>(
                        ORIGIN.topic(),
                        ORIGIN.partition(),
                        ORIGIN.offset(),
                        1234,
                        TimestampType.CREATE_TIME,
                        -1,
                        -1,
                        key,
                        value,
                        new RecordHeaders(),
                        Optional.empty()),
                new ListCollector<>(records));
        assertThat(records).hasSize(1);
        return records.get(0);
    }
}
