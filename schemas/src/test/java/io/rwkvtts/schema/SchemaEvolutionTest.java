package io.rwkvtts.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.junit.jupiter.api.Test;

/**
 * Records of one release and readers of another; the files were written by the release they name.
 */
class SchemaEvolutionTest {

    private static final Schema V1 = ReleasedSchemas.of("text-event.avsc").get("v1");
    private static final Schema V2 = ReleasedSchemas.of("text-event.avsc").get("v2");

    private final WireCodec<TextEvent> codec = WireCodec.textEvents();

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = SchemaEvolutionTest.class.getResourceAsStream("/records/" + name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void testReadsAnEventOfVersion1() throws Exception {
        TextEvent expected = TextEvents.full();
        expected.setBudgetMs(null);

        assertThat(codec.decode(golden("text-event-v1.bin"))).isEqualTo(expected);
    }

    @Test
    void testReadsAndWritesAnEventOfVersion2() throws Exception {
        TextEvent expected = TextEvents.full();

        assertThat(codec.decode(golden("text-event-v2.bin"))).isEqualTo(expected);
        assertThat(codec.encode(expected)).isEqualTo(golden("text-event-v2.bin"));
    }

    /** A reader of the older release that is told the newer schema, as by a registry. */
    @Test
    void testReaderOfVersion1TakesAnEventOfVersion2WithoutItsBudget() throws Exception {
        BinaryMessageDecoder<GenericRecord> reader =
                new BinaryMessageDecoder<>(GenericData.get(), V1);
        reader.addSchema(V2);

        GenericRecord event = reader.decode(ByteBuffer.wrap(golden("text-event-v2.bin")));

        TextEvent expected = TextEvents.full();
        for (Schema.Field field : V1.getFields()) {
            assertThat(event.get(field.pos()))
                    .as(field.name())
                    .hasToString(String.valueOf(expected.get(field.name())));
        }
    }
}
