package io.rwkvtts.audio;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * What a decoder makes of a token, and how far it looks (spec 4.5, 4.6).
 *
 * @param sampleRate in Hz
 * @param samplesPerToken samples that each semantic token gives
 * @param leftContext tokens before a place that its samples depend on, or as many as matter
 * @param rightContext the same after it
 */
public record CodecFormat(int sampleRate, int samplesPerToken, int leftContext, int rightContext) {

    /** Name of the description beside a decoder's file. */
    public static final String FILE = "codec.json";

    /** That of BiCodec, where nothing else is said. */
    public static final CodecFormat BICODEC = new CodecFormat(16_000, 320, 25, 5);

    private static final long MAX_BYTES = 100_000;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .build();

    public CodecFormat {
        require("sampleRate", sampleRate, 1_000, 192_000);
        require("samplesPerToken", samplesPerToken, 1, 100_000);
        require("leftContext", leftContext, 0, 1_000);
        require("rightContext", rightContext, 0, 1_000);
    }

    /** The file; a field that is left out has BiCodec's value. */
    private record Description(
            @JsonProperty("sampleRate") Integer sampleRate,
            @JsonProperty("samplesPerToken") Integer samplesPerToken,
            @JsonProperty("leftContext") Integer leftContext,
            @JsonProperty("rightContext") Integer rightContext) {

        CodecFormat format() {
            return new CodecFormat(
                    or(sampleRate, BICODEC.sampleRate),
                    or(samplesPerToken, BICODEC.samplesPerToken),
                    or(leftContext, BICODEC.leftContext),
                    or(rightContext, BICODEC.rightContext));
        }

        private static int or(Integer value, int otherwise) {
            return value == null ? otherwise : value;
        }
    }

    /**
     * The format of a decoder, from {@value #FILE} in its directory; BiCodec's if there is none.
     *
     * @throws AudioFormatException if the description is damaged or out of range; names the field
     */
    public static CodecFormat beside(Path decoder) throws IOException {
        Path file = decoder.toAbsolutePath().resolveSibling(FILE);
        if (!Files.exists(file)) {
            return BICODEC;
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new AudioFormatException(
                    "%s has %d bytes: expected a description of at most %d"
                            .formatted(file, Files.size(file), MAX_BYTES));
        }
        try {
            Description description = JSON.readValue(file.toFile(), Description.class);
            if (description == null) {
                throw new AudioFormatException("%s holds null, expected an object".formatted(file));
            }
            return description.format();
        } catch (JsonMappingException e) {
            String path =
                    e.getPath().stream()
                            .map(JsonMappingException.Reference::getFieldName)
                            .collect(Collectors.joining("."));
            throw new AudioFormatException(
                    "%s: %s%s".formatted(file, path.isEmpty() ? "" : path + ": ", text(e)), e);
        } catch (JacksonException e) {
            throw new AudioFormatException("%s is no JSON: %s".formatted(file, text(e)), e);
        } catch (IllegalArgumentException e) {
            throw new AudioFormatException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String text(JacksonException e) {
        return e.getOriginalMessage();
    }

    private static void require(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s is %d, expected %d to %d".formatted(field, value, least, most));
        }
    }
}
