package io.rwkvtts.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.OptionalLong;

/** Results of commands for programs: a JSON object on a line of its own, the last of the output. */
final class JsonLine {

    private static final JsonMapper JSON =
            JsonMapper.builder().serializationInclusion(JsonInclude.Include.NON_NULL).build();

    private JsonLine() {}

    /** A seed as it stands in results: decimal, unsigned, a string; null if there is none. */
    static String seed(OptionalLong seed) {
        return seed.isPresent() ? Long.toUnsignedString(seed.getAsLong()) : null;
    }

    /**
     * Prints a record.
     *
     * @param result null components are left out
     */
    static void print(PrintWriter out, Record result) {
        try {
            out.println(JSON.writeValueAsString(result));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result that is no JSON: " + result, e);
        }
    }
}
