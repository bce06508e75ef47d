package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.operator.audio.PcmChunk;
import io.rwkvtts.operator.audio.SoundPosition;
import io.rwkvtts.synthesis.Attributes;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.TextPiece;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The records that the job moves between operators need no Kryo. */
class InFlightRecordsTest {

    private static final Origin ORIGIN = new Origin("tts-requests", 3, 1L << 40);

    static Stream<Record> records() {
        RequestAttributes attributes = Attributes.full();
        RequestEvent full =
                new RequestEvent(
                        "r1",
                        new TextPiece(41, "Grüße, 世界 🎧", false),
                        true,
                        attributes,
                        12,
                        ORIGIN,
                        new byte[] {0, -1, 7},
                        "text is blank");
        RequestEvent bare =
                new RequestEvent(
                        "r1",
                        TextPiece.whole(""),
                        false,
                        RequestAttributes.NONE,
                        0,
                        ORIGIN,
                        new byte[0],
                        null);
        RejectedRecord rejected =
                new RejectedRecord("undecodable", "0 bytes", null, 5, ORIGIN, null, null);
        return Stream.of(
                ORIGIN,
                attributes,
                RequestAttributes.NONE,
                full,
                bare,
                rejected,
                new RejectedRecord(
                        "invalid", "blank", "r1", 5, ORIGIN, new byte[] {1}, new byte[] {2}),
                new SourceRecord(full, null, true),
                new SourceRecord(null, rejected, false),
                new TokenChunk(
                        "r1",
                        new ChunkPosition(0, 2, 35),
                        new int[] {0, 8191},
                        new int[] {4095},
                        "abc",
                        null,
                        7,
                        8,
                        "short:b"),
                new TokenChunk(
                        "r1",
                        new ChunkPosition(3, 2, 60),
                        new int[0],
                        null,
                        "abc",
                        new SpeechEnd("error", "text is blank"),
                        7,
                        8,
                        null),
                new PcmChunk(
                        "r1",
                        new SoundPosition(0, 2, 1L << 33),
                        16_000,
                        new byte[] {1, -1},
                        null,
                        7,
                        8,
                        "short:b"),
                new PcmChunk(
                        "r1",
                        new SoundPosition(3, 2, 9_600),
                        16_000,
                        new byte[0],
                        new SpeechEnd("error", "fails"),
                        7,
                        8,
                        null));
    }

    @ParameterizedTest
    @MethodSource("records")
    <T> void testRecordSurvivesSerializationAndCopy(T record) throws IOException {
        TypeSerializer<T> serializer = serializer(record);

        assertSame(serializer.copy(record), record);
        assertSame(roundTrip(serializer, record), record);
    }

    private static <T> TypeSerializer<T> serializer(T record) {
        @SuppressWarnings("unchecked")
        TypeInformation<T> type = TypeInformation.of((Class<T>) record.getClass());
        assertThat(type).isInstanceOf(PojoTypeInfo.class);
        Configuration configuration = new Configuration().set(PipelineOptions.GENERIC_TYPES, false);
        return type.createSerializer(new SerializerConfigImpl(configuration));
    }

    private static <T> T roundTrip(TypeSerializer<T> serializer, T record) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(record, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        T read = serializer.deserialize(in);
        assertThat(in.available()).isZero();
        return read;
    }

    /** Arrays in records have no equals of their own. */
    private static void assertSame(Object actual, Object expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
        assertThat(actual.getClass()).isSameAs((Object) expected.getClass());
    }
}
