package io.rwkvtts.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Turns records of one schema into bytes and back: Avro's single-object encoding, which is the
 * marker C3 01, the 8-byte fingerprint of the writer's schema and the record in Avro binary.
 *
 * <p>Encoding writes the latest released schema, so readers are upgraded before writers. Decoding
 * knows every released schema of its kind and trusts nothing: a record has at most {@link
 * #MAX_BYTES} and is used up to its last byte, a length in it is checked against the bytes that are
 * left before anything is allocated for it, and strings are well-formed UTF-8.
 *
 * <p>Instances are immutable and may be used by several threads at once. A failed call leaves
 * nothing for the next.
 *
 * @param <T> the record class
 * @see <a
 *     href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Single-object
 *     encoding</a>
 */
public final class WireCodec<T extends SpecificRecordBase> {

    /** Largest encoded record: Kafka's default limit for a message, rounded down to 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int HEADER_BYTES = 10;

    private final Schema schema;
    private final BinaryMessageEncoder<T> encoder;
    private final Map<Long, StrictReader<T>> readers = new LinkedHashMap<>();

    private WireCodec(String file, Schema schema, Supplier<T> newRecord) {
        this.schema = schema;
        RecordModel model = new RecordModel(newRecord);
        this.encoder = new BinaryMessageEncoder<>(model, schema);
        for (Schema released : ReleasedSchemas.of(file).values()) {
            readers.put(
                    SchemaNormalization.parsingFingerprint64(released),
                    new StrictReader<>(released, schema, model));
        }
    }

    /** A codec for the text events of the request topic. */
    public static WireCodec<TextEvent> textEvents() {
        return new WireCodec<>("text-event.avsc", TextEvent.getClassSchema(), TextEvent::new);
    }

    /** A codec for the chunks of the token topic. */
    public static WireCodec<AudioTokens> audioTokens() {
        return new WireCodec<>("audio-tokens.avsc", AudioTokens.getClassSchema(), AudioTokens::new);
    }

    /** A codec for the sound of the audio topic. */
    public static WireCodec<AudioChunk> audioChunks() {
        return new WireCodec<>("audio-chunk.avsc", AudioChunk.getClassSchema(), AudioChunk::new);
    }

    /** A codec for the dead-letter topic. */
    public static WireCodec<DeadLetter> deadLetters() {
        return new WireCodec<>("dead-letter.avsc", DeadLetter.getClassSchema(), DeadLetter::new);
    }

    /**
     * The bytes of a record, a new array.
     *
     * @throws IllegalArgumentException if they are more than {@link #MAX_BYTES}, or a string has
     *     half a surrogate pair, which has no UTF-8 form; names the field
     * @throws org.apache.avro.AvroRuntimeException if a field that must not be null is
     */
    public byte[] encode(T record) {
        checkStrings(requireNonNull(record, "record"));
        byte[] bytes;
        try {
            bytes = encoder.encode(record).array();
        } catch (IOException e) {
            throw new AssertionError("writing to memory failed", e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a %s of %,d bytes is too large: at most %,d"
                            .formatted(schema.getName(), bytes.length, MAX_BYTES));
        }
        return bytes;
    }

    /** Avro would write a question mark for half a surrogate pair. */
    private void checkStrings(T record) {
        for (Schema.Field field : schema.getFields()) {
            if (record.get(field.pos()) instanceof CharSequence text
                    && !UTF_8.newEncoder().canEncode(text)) {
                throw new IllegalArgumentException(
                        "field %s of the %s has half a surrogate pair: expected well-formed Unicode"
                                .formatted(field.name(), schema.getName()));
            }
        }
    }

    /**
     * The record in {@code bytes}.
     *
     * @throws WireFormatException if they are anything but exactly one record of a released schema;
     *     with the request's id if the schema is known, begins with it, and it is whole
     */
    public T decode(byte[] bytes) throws WireFormatException {
        try {
            return decodeStrictly(bytes);
        } catch (WireFormatException e) {
            throw e.of(requestId(bytes));
        }
    }

    private T decodeStrictly(byte[] bytes) throws WireFormatException {
        checkHeader(bytes);
        StrictReader<T> reader = readerFor(fingerprint(bytes));
        // A fresh decoder over the array: unlike one over a stream it knows how many bytes are
        // left, and refuses longer strings and arrays before it allocates them.
        BinaryDecoder decoder =
                DecoderFactory.get()
                        .binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null);
        T record = read(reader, decoder);
        int left = decoder.remainingBytes();
        if (left > 0) {
            throw new WireFormatException(
                    "%,d bytes follow the %s in a record of %,d bytes"
                            .formatted(left, schema.getName(), bytes.length));
        }
        return record;
    }

    private void checkHeader(byte[] bytes) throws WireFormatException {
        if (bytes.length < HEADER_BYTES) {
            throw new WireFormatException(
                    ("%d bytes are no %s: expected Avro single-object encoding, which has a header"
                                    + " of %d bytes")
                            .formatted(bytes.length, schema.getName(), HEADER_BYTES));
        }
        if (bytes.length > MAX_BYTES) {
            throw new WireFormatException(
                    "%,d bytes are too many for a %s: at most %,d"
                            .formatted(bytes.length, schema.getName(), MAX_BYTES));
        }
        if (!hasMarker(bytes)) {
            throw new WireFormatException(
                    ("the record starts with %02X %02X; expected C3 01, the marker of Avro"
                                    + " single-object encoding")
                            .formatted(bytes[0], bytes[1]));
        }
    }

    /** The id that a record begins with, null if its schema has none there or it is broken. */
    private String requestId(byte[] bytes) {
        StrictReader<T> reader = hasMarker(bytes) ? readers.get(fingerprint(bytes)) : null;
        if (reader == null) {
            return null;
        }
        Schema.Field first = reader.getSchema().getFields().get(0);
        if (!first.name().equals("requestId")) {
            return null;
        }
        int length = Math.min(bytes.length, MAX_BYTES) - HEADER_BYTES;
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, length, null);
        try {
            return (String) reader.readString(null, first.schema(), decoder);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static boolean hasMarker(byte[] bytes) {
        return bytes.length >= HEADER_BYTES && (bytes[0] & 0xff) == 0xc3 && bytes[1] == 0x01;
    }

    private static long fingerprint(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
    }

    private StrictReader<T> readerFor(long fingerprint) throws WireFormatException {
        StrictReader<T> reader = readers.get(fingerprint);
        if (reader == null) {
            throw new WireFormatException(
                    "unknown schema fingerprint %016x; known for %s: %s"
                            .formatted(
                                    fingerprint,
                                    schema.getName(),
                                    readers.keySet().stream().map("%016x"::formatted).toList()));
        }
        return reader;
    }

    private T read(StrictReader<T> reader, BinaryDecoder decoder) throws WireFormatException {
        try {
            return reader.read(null, decoder);
        } catch (CharacterCodingException e) {
            throw new WireFormatException(
                    "a string of the " + schema.getName() + " is not well-formed UTF-8", e);
        } catch (EOFException e) {
            throw new WireFormatException(
                    "the %s ends within a field (truncated, or a wrong length)"
                            .formatted(schema.getName()),
                    e);
        } catch (IOException | RuntimeException e) {
            throw new WireFormatException(
                    "the bytes are no %s: %s".formatted(schema.getName(), e), e);
        }
    }
}
