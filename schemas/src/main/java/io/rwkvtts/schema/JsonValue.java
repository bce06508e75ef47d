package io.rwkvtts.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/** One value of a record between JSON and Java. */
final class JsonValue {

    /** Its 64 bits are an unsigned number: decimal in JSON. */
    private static final String SEED = "seed";

    /** Most characters of a record that a message repeats. */
    static final int EXCERPT = 60;

    private JsonValue() {}

    /**
     * The value at the parser's place.
     *
     * @throws WireFormatException if it is not one of the field's type
     */
    static Object read(Field field, JsonParser json) throws IOException, WireFormatException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_NULL && field.schema().isNullable()) {
            return null;
        }
        try {
            if (field.name().equals(SEED) && (isWhole(token) || isString(token))) {
                return Long.parseUnsignedLong(json.getText());
            }
            switch (type(field)) {
                case STRING:
                    if (isString(token)) {
                        return wellFormed(field, json.getText());
                    }
                    break;
                case BOOLEAN:
                    if (token.isBoolean()) {
                        return json.getBooleanValue();
                    }
                    break;
                case LONG:
                    if (isWhole(token)) {
                        return json.getLongValue();
                    }
                    break;
                case INT:
                    if (isWhole(token)) {
                        return json.getIntValue();
                    }
                    break;
                case DOUBLE:
                    if (token.isNumeric()) {
                        return json.getDoubleValue();
                    }
                    break;
                default:
                    throw new AssertionError("no JSON for " + field);
            }
        } catch (NumberFormatException | InputCoercionException e) {
            throw unexpected(field, json);
        }
        throw unexpected(field, json);
    }

    /** Writes a value of the field. */
    static void write(Field field, Object value, JsonGenerator json) throws IOException {
        if (value != null && field.name().equals(SEED)) {
            json.writeNumber(Long.toUnsignedString((Long) value));
        } else {
            json.writePOJO(value);
        }
    }

    /** An escape can write half a surrogate pair, which no UTF-8 can. */
    private static String wellFormed(Field field, String text) throws WireFormatException {
        if (!UTF_8.newEncoder().canEncode(text)) {
            throw new WireFormatException(
                    "field \"%s\" has half a surrogate pair".formatted(field.name()));
        }
        return text;
    }

    private static boolean isWhole(JsonToken token) {
        return token == JsonToken.VALUE_NUMBER_INT;
    }

    private static boolean isString(JsonToken token) {
        return token == JsonToken.VALUE_STRING;
    }

    private static Schema.Type type(Field field) {
        Schema schema = field.schema();
        return schema.isUnion() ? schema.getTypes().get(1).getType() : schema.getType();
    }

    private static WireFormatException unexpected(Field field, JsonParser json) throws IOException {
        return new WireFormatException(
                "field \"%s\" is %s, expected %s"
                        .formatted(field.name(), found(json), expected(field)));
    }

    private static String found(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token.isStructStart()) {
            return token == JsonToken.START_OBJECT ? "an object" : "an array";
        }
        String text = excerpt(json.getText());
        return isString(token) ? "the string \"" + text + "\"" : text;
    }

    private static String expected(Field field) {
        if (field.name().equals(SEED)) {
            return "a whole number from 0 to " + Long.toUnsignedString(-1) + ", or it as a string";
        }
        return switch (type(field)) {
            case STRING -> "a string";
            case BOOLEAN -> "true or false";
            case LONG -> "a whole number of 64 bits";
            case INT -> "a whole number of 32 bits";
            default -> "a number";
        };
    }

    /** The beginning of a record's text, for a message. */
    static String excerpt(String text) {
        return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
    }
}
