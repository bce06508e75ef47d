package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.schema.TextEvent;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The body of {@code POST /v1/audio/speech}, checked.
 *
 * @param event with all but the id
 * @param format of the sound
 * @param events whether the sound comes as server-sent events
 * @param continues whether the request continues when its client has left
 */
record SpeechOrder(TextEvent.Builder event, Format format, boolean events, boolean continues) {

    /** Forms of sound. */
    enum Format {
        WAV("audio/wav"),
        PCM("audio/pcm");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }

        /**
         * The format of a name; WAV for none.
         *
         * @throws ApiError if there is none
         */
        static Format of(String name) {
            if (name == null) {
                return WAV;
            }
            for (Format format : values()) {
                if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return format;
                }
            }
            throw ApiError.invalid(
                    "response_format", "response_format is none of wav (the default) and pcm");
        }
    }

    private static final Set<String> OWN =
            Set.of(
                    "model",
                    "input",
                    "response_format",
                    "stream_format",
                    "instructions",
                    "on_disconnect");

    /**
     * Reads a body. {@code model} and {@code instructions} are taken and change nothing: there is
     * one model, and it takes no instructions.
     *
     * @throws ApiError naming the field that cannot be served
     */
    static SpeechOrder of(ObjectNode body, int mostChars) {
        JsonFields fields = new JsonFields(body);
        Set<String> known = new HashSet<>(SpeechFields.NAMES);
        known.addAll(OWN);
        fields.requireOnly(known);
        fields.string("model");
        fields.string("instructions");
        String text = text(fields, "input", mostChars);
        return new SpeechOrder(
                SpeechFields.event(fields).setText(text),
                Format.of(fields.string("response_format")),
                choice(fields, "stream_format", "audio", "sse"),
                continues(fields));
    }

    /**
     * The text to speak.
     *
     * @throws ApiError if there is none, or too much
     */
    static String text(JsonFields fields, String field, int mostChars) {
        String text = fields.string(field);
        if (text == null || text.isBlank()) {
            throw ApiError.invalid(field, field + " is missing or blank");
        }
        requireText(field, text, mostChars);
        return text;
    }

    /**
     * Checks a text, or a part of one.
     *
     * @throws ApiError if it is too long, or holds half a character
     */
    static void requireText(String field, String text, int mostChars) {
        if (text.length() > mostChars) {
            throw ApiError.invalid(
                    field,
                    "%s has %d characters, expected at most %d"
                            .formatted(field, text.length(), mostChars));
        }
        boolean half =
                text.codePoints()
                        .anyMatch(
                                c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (half) {
            throw ApiError.invalid(field, field + " holds half a surrogate pair");
        }
    }

    /** Whether a request continues without its client. */
    static boolean continues(JsonFields fields) {
        return choice(fields, "on_disconnect", "cancel", "continue");
    }

    /** Whether a field has the second of two values; the first is the default. */
    private static boolean choice(JsonFields fields, String field, String first, String second) {
        String value = fields.string(field);
        if (value == null || value.equals(first)) {
            return false;
        }
        if (value.equals(second)) {
            return true;
        }
        throw ApiError.invalid(
                field, "%s is none of %s (the default) and %s".formatted(field, first, second));
    }
}
