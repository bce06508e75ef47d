package io.rwkvtts.schema;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.specific.SpecificData;

/**
 * Text events as JSON: one object with the field names of the schema, so that a console producer
 * can write. What is left out has the schema's default.
 *
 * <p>Reading is as strict as that of Avro: UTF-8 is well-formed, a field is known, comes once and
 * has its own type, and nothing follows the object. An object within the object is refused where it
 * begins, so that depth costs nothing.
 *
 * <p>For any thread.
 */
public final class JsonCodec {

    private static final Schema SCHEMA = TextEvent.getClassSchema();

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // Names come from outside: none is kept, however many there are.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .errorReportConfiguration(
                            ErrorReportConfiguration.builder()
                                    .maxErrorTokenLength(JsonValue.EXCERPT)
                                    .build())
                    .build();

    private JsonCodec() {}

    /** The JSON of an event, without the fields that have their defaults. */
    public static byte[] encode(TextEvent event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            for (Field field : SCHEMA.getFields()) {
                Object value = event.get(field.pos());
                if (!field.hasDefaultValue() || !isDefault(field, value)) {
                    json.writeFieldName(field.name());
                    JsonValue.write(field, value, json);
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static boolean isDefault(Field field, Object value) {
        Object usual = SpecificData.get().getDefaultValue(field);
        return usual == null ? value == null : usual.equals(value);
    }

    /**
     * The event in {@code bytes}.
     *
     * @throws WireFormatException if they are anything but one event in JSON; with the request's id
     *     if a string {@code requestId} of the outermost object can be read
     */
    public static TextEvent decode(byte[] bytes) throws WireFormatException {
        try {
            return decodeStrictly(bytes);
        } catch (WireFormatException e) {
            throw e.of(RequestIdScan.find(bytes));
        }
    }

    private static TextEvent decodeStrictly(byte[] bytes) throws WireFormatException {
        // Chars, because from bytes the parser would also guess UTF-16, and let surrogates pass.
        String text = StrictUtf8.decode(bytes, "the JSON of a TextEvent");
        try (JsonParser json = JSON.createParser(text)) {
            TextEvent event = read(json);
            if (json.nextToken() != null) {
                throw new WireFormatException(
                        "something follows the JSON object of the TextEvent, at column "
                                + json.currentTokenLocation().getColumnNr());
            }
            return event;
        } catch (JsonProcessingException e) {
            throw new WireFormatException(
                    "malformed JSON%s: %s".formatted(place(e), e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static String place(JsonProcessingException e) {
        // A number of too many digits has none.
        return e.getLocation() == null
                ? ""
                : " at line %d, column %d"
                        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }

    private static TextEvent read(JsonParser json) throws IOException, WireFormatException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new WireFormatException(
                    "expected a JSON object such as {\"requestId\": \"r1\", \"text\": \"Hello.\"}");
        }
        TextEvent event = new TextEvent();
        BitSet given = new BitSet();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            Field field = field(json.currentName());
            json.nextToken();
            event.put(field.pos(), JsonValue.read(field, json));
            given.set(field.pos());
        }
        for (Field field : SCHEMA.getFields()) {
            if (!given.get(field.pos())) {
                event.put(field.pos(), defaultOf(field));
            }
        }
        return event;
    }

    private static Field field(String name) throws WireFormatException {
        Field field = SCHEMA.getField(name);
        if (field == null) {
            throw new WireFormatException(
                    "field \"%s\" is unknown, expected %s"
                            .formatted(
                                    JsonValue.excerpt(name),
                                    SCHEMA.getFields().stream().map(Field::name).toList()));
        }
        return field;
    }

    private static Object defaultOf(Field field) throws WireFormatException {
        if (!field.hasDefaultValue()) {
            throw new WireFormatException("field \"" + field.name() + "\" is missing");
        }
        return SpecificData.get().getDefaultValue(field);
    }
}
