package io.rwkvtts.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rwkvtts.text.TextRules;
import java.io.IOException;
import java.util.List;

/** The JSON form of a {@link VoiceFile}. Fields that are not of spec 4.1 are ignored. */
final class VoiceJson {

    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private static final List<String> FIELDS =
            List.of("id", "prompt_text", "global_tokens", "semantic_tokens");

    private final JsonNode object;

    private VoiceJson(JsonNode object) {
        this.object = object;
    }

    /**
     * @throws IllegalArgumentException if it is not a voice; names the field, what it holds and
     *     what was expected
     */
    static VoiceFile parse(byte[] json) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        return new VoiceJson(root).voiceFile();
    }

    private VoiceFile voiceFile() {
        if (!object.isEmpty() && FIELDS.stream().noneMatch(object::has)) {
            throw new IllegalArgumentException(
                    "it is the JSON of something else, %s: expected the fields %s"
                            .formatted(TextRules.excerpt(object.toString()), FIELDS));
        }
        Voice voice =
                new Voice(
                        text("id"),
                        text("prompt_text"),
                        tokens("global_tokens"),
                        tokens("semantic_tokens"));
        return new VoiceFile(
                voice,
                text("name"),
                text("created_at"),
                duration(),
                sampleRate(),
                object.hasNonNull("checksum") ? text("checksum") : "");
    }

    private String text(String field) {
        JsonNode value = require(field, "a string");
        if (!value.isTextual()) {
            throw unexpected(field, value, "a string");
        }
        int half = TextRules.loneSurrogate(value.textValue());
        if (half >= 0) {
            throw new IllegalArgumentException(
                    field
                            + " has half a surrogate pair at index "
                            + half
                            + ", expected well-formed Unicode");
        }
        return value.textValue();
    }

    private int[] tokens(String field) {
        JsonNode value = require(field, "an array of integers");
        if (!value.isArray()) {
            throw unexpected(field, value, "an array of integers");
        }
        int[] tokens = new int[value.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = integer(field + "[" + i + "]", value.get(i));
        }
        return tokens;
    }

    private float duration() {
        String expected = "a number of seconds, 0 or more";
        JsonNode value = require("audio_duration", expected);
        float seconds = value.isNumber() ? value.decimalValue().floatValue() : Float.NaN;
        if (!(seconds >= 0 && seconds <= Float.MAX_VALUE)) {
            throw unexpected("audio_duration", value, expected);
        }
        return seconds;
    }

    private int sampleRate() {
        return integer("sample_rate", require("sample_rate", "an integer"));
    }

    private static int integer(String field, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw unexpected(field, value, "an integer");
        }
        return value.intValue();
    }

    private JsonNode require(String field, String expected) {
        JsonNode value = object.get(field);
        if (value == null) {
            throw new IllegalArgumentException(
                    "it has no field " + field + ", expected " + expected);
        }
        return value;
    }

    private static IllegalArgumentException unexpected(
            String field, JsonNode value, String expected) {
        return new IllegalArgumentException(
                field + " is " + TextRules.excerpt(value.toString()) + ", expected " + expected);
    }
}
