package io.rwkvtts.schema;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.io.Decoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.util.Utf8;

/** Reads records whose strings must be well-formed UTF-8; Avro's own reader replaces bad bytes. */
final class StrictReader<T> extends SpecificDatumReader<T> {

    StrictReader(Schema writer, Schema reader, SpecificData model) {
        super(writer, reader, model);
    }

    /**
     * @throws java.nio.charset.CharacterCodingException for bytes that are not UTF-8, such as an
     *     encoded surrogate
     */
    @Override
    protected Object readString(Object old, Schema expected, Decoder in) throws IOException {
        Utf8 utf8 = in.readString(null);
        ByteBuffer bytes = ByteBuffer.wrap(utf8.getBytes(), 0, utf8.getByteLength());
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }
}
