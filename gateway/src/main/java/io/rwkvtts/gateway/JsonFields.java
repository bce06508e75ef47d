package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Set;

/**
 * The fields of an object that a client sent. A field that is missing or null is not given; one of
 * a wrong type is refused by name.
 */
final class JsonFields {

    private static final BigInteger SEEDS = BigInteger.ONE.shiftLeft(Long.SIZE);

    private final ObjectNode object;

    JsonFields(ObjectNode object) {
        this.object = object;
    }

    /**
     * Requires that there are no others.
     *
     * @throws ApiError naming the first that is none of {@code known}
     */
    void requireOnly(Set<String> known) {
        object.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!known.contains(name)) {
                                throw ApiError.invalid(
                                        printable(name),
                                        "unknown field '%s'".formatted(printable(name)));
                            }
                        });
    }

    private static String printable(String name) {
        String safe = name.replaceAll("[^\\x20-\\x7e]", "?");
        return safe.length() > 60 ? safe.substring(0, 60) + "…" : safe;
    }

    boolean has(String field) {
        return object.hasNonNull(field);
    }

    boolean isNumber(String field) {
        return has(field) && object.get(field).isNumber();
    }

    /** Null if it is not given. */
    String string(String field) {
        if (!has(field)) {
            return null;
        }
        JsonNode node = object.get(field);
        if (!node.isTextual()) {
            throw ApiError.invalid(field, field + " is no string");
        }
        return node.textValue();
    }

    /** Null if it is not given. */
    Double number(String field, double least, double most) {
        if (!has(field)) {
            return null;
        }
        JsonNode node = object.get(field);
        double value = node.doubleValue();
        if (!node.isNumber() || !(value >= least && value <= most)) {
            throw ApiError.invalid(
                    field,
                    "%s is %s, expected %s".formatted(field, kind(node), range(least, most)));
        }
        return value;
    }

    private static String range(double least, double most) {
        return most == Double.MAX_VALUE
                ? "a number of at least %s".formatted(shortest(least))
                : "a number from %s to %s".formatted(shortest(least), shortest(most));
    }

    private static String shortest(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** Null if it is not given. */
    Long integer(String field, long least, long most) {
        if (!has(field)) {
            return null;
        }
        JsonNode node = object.get(field);
        if (!node.isIntegralNumber()
                || !node.canConvertToLong()
                || node.longValue() < least
                || node.longValue() > most) {
            throw ApiError.invalid(
                    field,
                    "%s is %s, expected a whole number from %d to %d"
                            .formatted(field, kind(node), least, most));
        }
        return node.longValue();
    }

    /** An unsigned 64-bit number, as such or in a string; null if it is not given. */
    Long seed(String field) {
        if (!has(field)) {
            return null;
        }
        JsonNode node = object.get(field);
        BigInteger value = null;
        if (node.isIntegralNumber()) {
            value = node.bigIntegerValue();
        } else if (node.isTextual() && node.textValue().matches("\\d{1,20}")) {
            value = new BigInteger(node.textValue());
        }
        if (value == null || value.signum() < 0 || value.compareTo(SEEDS) >= 0) {
            throw ApiError.invalid(
                    field,
                    "%s is %s, expected a whole number from 0 to 18446744073709551615"
                            .formatted(field, kind(node)));
        }
        return value.longValue();
    }

    /** Numbers are shown, nothing else of what a client sent. */
    private static String kind(JsonNode node) {
        String text = node.asText();
        return node.isNumber() && text.length() <= 30
                ? text
                : "a " + node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    }
}
