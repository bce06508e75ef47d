package io.rwkvtts.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Text of records that are not Avro. Java's own conversion replaces bytes that are not UTF-8. */
public final class StrictUtf8 {

    private StrictUtf8() {}

    /**
     * The text in {@code bytes}.
     *
     * @param what what the bytes are, for the message
     * @throws WireFormatException if they are more than {@link WireCodec#MAX_BYTES} or not
     *     well-formed UTF-8
     */
    public static String decode(byte[] bytes, String what) throws WireFormatException {
        if (bytes.length > WireCodec.MAX_BYTES) {
            throw new WireFormatException(
                    "%,d bytes are too many for %s: at most %,d"
                            .formatted(bytes.length, what, WireCodec.MAX_BYTES));
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new WireFormatException(what + " is not well-formed UTF-8", e);
        }
    }
}
