package io.rwkvtts.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodecFormatTest {

    @TempDir private Path directory;

    private CodecFormat beside(String json) throws IOException {
        Files.writeString(directory.resolve(CodecFormat.FILE), json);
        return CodecFormat.beside(directory.resolve("decoder.onnx"));
    }

    @Test
    void testWithoutADescriptionItIsBiCodec() throws IOException {
        assertThat(CodecFormat.beside(directory.resolve("decoder.onnx")))
                .isEqualTo(new CodecFormat(16_000, 320, 25, 5));
    }

    @Test
    void testFieldsThatAreLeftOutAreBiCodecs() throws IOException {
        assertThat(beside("{\"leftContext\": 1, \"rightContext\": 0}"))
                .isEqualTo(new CodecFormat(16_000, 320, 1, 0));
        assertThat(beside("{\"sampleRate\":24000,\"samplesPerToken\":480}"))
                .isEqualTo(new CodecFormat(24_000, 480, 25, 5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"sampleRate\": 0}; sampleRate is 0, expected 1000 to 192000",
                "{\"samplesPerToken\": -1}; samplesPerToken is -1",
                "{\"leftContext\": 1001}; leftContext is 1001",
                "{\"rightContext\": 1.5}; rightContext",
                "{\"rightContext\": \"five\"}; rightContext",
                "{\"sampelRate\": 16000}; sampelRate",
                "[]; codec.json",
                "null; holds null",
                "{; codec.json",
                "{} {}; codec.json"
            })
    void testBadDescriptionIsRefusedByName(String json, String message) {
        assertThatThrownBy(() -> beside(json))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(message);
    }
}
