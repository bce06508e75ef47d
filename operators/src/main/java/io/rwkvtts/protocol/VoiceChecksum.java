package io.rwkvtts.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The checksum of a voice (spec 4.1): SHA-256, in lower-case hex, of the canonical form of its file
 * with an empty checksum. It does not depend on blanks, order or unknown fields of the file at
 * hand.
 */
final class VoiceChecksum {

    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE).build();

    /** Most significant digits that a float can need. */
    private static final int MAX_FLOAT_DIGITS = 9;

    private VoiceChecksum() {}

    /** Whether the checksum of a file fits the rest of it. */
    static Checksum verdict(VoiceFile file) {
        if (file.checksum().isEmpty()) {
            return Checksum.MISSING;
        }
        return file.checksum().equals(of(file)) ? Checksum.VALID : Checksum.WRONG;
    }

    static String of(VoiceFile file) {
        try {
            byte[] canonical = canonical(file).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Pretty-printed, indent 2, non-ASCII as it is, no line break at the end. */
    private static String canonical(VoiceFile file) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.setPrettyPrinter(prettyPrinter());
            json.writeStartObject();
            json.writeStringField("id", file.voice().id());
            json.writeStringField("name", file.name());
            json.writeStringField("prompt_text", file.voice().transcript());
            json.writeStringField("created_at", file.createdAt());
            writeTokens(json, "global_tokens", file.voice().globals());
            writeTokens(json, "semantic_tokens", file.voice().semantics());
            json.writeFieldName("audio_duration");
            json.writeNumber(shortest(file.audioDuration()));
            json.writeNumberField("sample_rate", file.sampleRate());
            json.writeStringField("checksum", "");
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static DefaultPrettyPrinter prettyPrinter() {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return new DefaultPrettyPrinter(
                        Separators.createDefaultInstance()
                                .withObjectFieldValueSpacing(Spacing.AFTER)
                                .withArrayEmptySeparator(""))
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
    }

    private static void writeTokens(JsonGenerator json, String field, int[] tokens)
            throws IOException {
        json.writeFieldName(field);
        json.writeStartArray();
        for (int token : tokens) {
            json.writeNumber(token);
        }
        json.writeEndArray();
    }

    /**
     * The decimal number of fewest digits that is nearest to {@code value} among floats, with at
     * least one digit after the point. ({@link Float#toString} gives too many digits before JDK
     * 19.)
     */
    static String shortest(float value) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal rounded = exact;
        for (int digits = 1; digits <= MAX_FLOAT_DIGITS; digits++) {
            rounded = exact.round(new MathContext(digits));
            if (rounded.floatValue() == value) {
                break;
            }
        }
        return rounded.scale() > 0 ? rounded.toPlainString() : rounded.setScale(1).toPlainString();
    }
}
