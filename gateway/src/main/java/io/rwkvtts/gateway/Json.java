package io.rwkvtts.gateway;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes from a client to an object, strictly, and back. */
final class Json {

    private static final int MOST_DEPTH = 10;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MOST_DEPTH)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private Json() {}

    /**
     * The object in a body.
     *
     * @throws ApiError if it is none, or not UTF-8
     */
    static ObjectNode object(Buffer body) {
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(body.getBytes()))
                            .toString();
        } catch (CharacterCodingException e) {
            throw ApiError.invalid(null, "the body is not well-formed UTF-8");
        }
        return object(text);
    }

    /**
     * The object in a text.
     *
     * @throws ApiError if it is none
     */
    static ObjectNode object(String text) {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw ApiError.invalid(null, "not valid JSON: " + withoutContent(e) + place(e));
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ApiError.invalid(null, "expected a JSON object");
    }

    /** Jackson quotes what it does not understand, which may be text. */
    private static String withoutContent(JacksonException e) {
        String message = e.getOriginalMessage();
        int quote = message.indexOf('\'');
        return quote < 0 ? message : message.substring(0, quote).trim();
    }

    /** Not every exception knows it: one of too deep an object does not. */
    private static String place(JacksonException e) {
        JsonLocation place = e.getLocation();
        return place == null
                ? ""
                : " (line %d, column %d)".formatted(place.getLineNr(), place.getColumnNr());
    }

    static Buffer buffer(JsonNode node) {
        return Buffer.buffer(string(node));
    }

    static String string(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JacksonException e) {
            throw new AssertionError("a tree of values can be written", e);
        }
    }
}
