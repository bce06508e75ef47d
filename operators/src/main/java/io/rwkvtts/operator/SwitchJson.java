package io.rwkvtts.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A {@link SwitchValue} as JSON, the form of the records of the control topic: {@code {"value":
 * "15", "effectiveFrom": "2026-11-27T08:30:00Z", "experiment": "short", "share": 0.5}}. The key of
 * the option is the key of the record.
 */
public final class SwitchJson {

    private static final String KEY = "key";
    private static final String VALUE = "value";
    private static final String EFFECTIVE_FROM = "effectiveFrom";
    private static final String EXPERIMENT = "experiment";
    private static final String SHARE = "share";
    private static final Set<String> FIELDS = Set.of(VALUE, EFFECTIVE_FROM, EXPERIMENT, SHARE);

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private SwitchJson() {}

    /** The value of a record. */
    public static String write(SwitchValue value) {
        return node(value).toString();
    }

    /**
     * Reads the value of a record.
     *
     * @throws IllegalArgumentException if it is none, or may not be; says why
     */
    public static SwitchValue read(String key, String json) {
        JsonNode node = parse(json);
        Iterator<String> names = node.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException(
                        "there is a field '%s', expected %s, %s, %s and %s only"
                                .formatted(name, VALUE, EFFECTIVE_FROM, EXPERIMENT, SHARE));
            }
        }
        return value(key, node);
    }

    /** All values of a table, for a checkpoint. */
    static String writeAll(SwitchTable table) {
        ArrayNode all = JSON.createArrayNode();
        table.values().forEach(value -> all.add(node(value).put(KEY, value.key())));
        return all.toString();
    }

    /** Reads what {@link #writeAll} has written. */
    static SwitchTable readAll(String json) {
        List<SwitchValue> values = new ArrayList<>();
        for (JsonNode node : tree(json)) {
            values.add(value(node.path(KEY).textValue(), node));
        }
        return SwitchTable.of(values);
    }

    private static ObjectNode node(SwitchValue value) {
        ObjectNode node = JSON.createObjectNode().put(VALUE, value.value());
        if (value.byTimestamp()) {
            node.put(EFFECTIVE_FROM, Instant.ofEpochMilli(value.effectiveFromMs()).toString());
        }
        if (value.trial() != null) {
            node.put(EXPERIMENT, value.trial().experiment()).put(SHARE, value.trial().share());
        }
        return node;
    }

    private static JsonNode parse(String json) {
        JsonNode node = tree(json);
        if (!node.isObject() || !node.has(VALUE)) {
            throw new IllegalArgumentException(
                    "it is no JSON object with a field '%s' (null for what the job was started with)"
                            .formatted(VALUE));
        }
        return node;
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static SwitchValue value(String key, JsonNode node) {
        JsonNode value = node.path(VALUE);
        if (value.isContainerNode()) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a string, a number, true, false or null"
                            .formatted(VALUE, value));
        }
        return new SwitchValue(
                key, value.isNull() ? null : value.asText(), effectiveFromMs(node), trial(node));
    }

    private static Long effectiveFromMs(JsonNode node) {
        JsonNode from = node.path(EFFECTIVE_FROM);
        if (from.isMissingNode() || from.isNull()) {
            return null;
        }
        try {
            return Instant.parse(from.asText()).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a time such as 2026-11-27T08:30:00Z"
                            .formatted(EFFECTIVE_FROM, from),
                    e);
        }
    }

    private static Trial trial(JsonNode node) {
        if (!node.hasNonNull(EXPERIMENT) && !node.hasNonNull(SHARE)) {
            return null;
        }
        JsonNode share = node.path(SHARE);
        if (!share.isNumber() || !node.path(EXPERIMENT).isTextual()) {
            throw new IllegalArgumentException(
                    "%s is %s and %s is %s, expected a name and a number, or neither"
                            .formatted(EXPERIMENT, node.get(EXPERIMENT), SHARE, node.get(SHARE)));
        }
        return new Trial(node.path(EXPERIMENT).textValue(), share.doubleValue());
    }
}
