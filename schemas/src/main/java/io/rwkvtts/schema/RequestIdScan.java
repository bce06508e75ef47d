package io.rwkvtts.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;

/**
 * Looks for the request id in JSON that is no text event, so that the request can be told.
 *
 * <p>The id counts if it is a string of the outermost object, complete and well-formed. It is found
 * before the place where the JSON breaks off, not after it; the commonest slips (line breaks in
 * strings, single quotes, NaN, a comma too many, a byte order mark, text that is not UTF-8) don't
 * end the search. If there are two different ids none counts.
 */
final class RequestIdScan {

    private static final String FIELD = "requestId";
    private static final char REPLACEMENT = '\ufffd';

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
                    .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
                    .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                    .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
                    .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build();

    private RequestIdScan() {}

    /** The id in the first {@link WireCodec#MAX_BYTES} of a record, null if it cannot be read. */
    static String find(byte[] record) {
        String text = new String(record, 0, Math.min(record.length, WireCodec.MAX_BYTES), UTF_8);
        Found found = new Found();
        try (JsonParser json = JSON.createParser(withoutByteOrderMark(text))) {
            scan(json, found);
        } catch (IOException e) {
            // It breaks off here; what was found before stands.
        }
        return found.id;
    }

    private static String withoutByteOrderMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static void scan(JsonParser json, Found found) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean here = json.currentName().equals(FIELD);
            JsonToken value = json.nextToken();
            if (here) {
                found.add(value == JsonToken.VALUE_STRING ? json.getText() : null);
            }
            json.skipChildren();
        }
    }

    private static final class Found {

        private String id;
        private boolean ambiguous;

        void add(String candidate) {
            boolean readable =
                    candidate != null
                            && candidate.indexOf(REPLACEMENT) < 0
                            && UTF_8.newEncoder().canEncode(candidate);
            ambiguous |= !readable || (id != null && !id.equals(candidate));
            id = ambiguous ? null : candidate;
        }
    }
}
