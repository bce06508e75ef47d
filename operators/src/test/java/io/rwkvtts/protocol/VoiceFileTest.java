package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.Vectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VoiceFileTest {

    @TempDir private Path directory;

    @ParameterizedTest
    @MethodSource("io.rwkvtts.file.ForeignFiles#all")
    void testAnotherKindOfFileIsCalledByItsName(byte[] content, String what, String advice)
            throws IOException {
        Path file = Files.write(directory.resolve("a.raf.json"), content);

        assertThatThrownBy(() -> VoiceFileReader.read(file))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(what.equals("UTF-16") ? "not JSON" : what);
    }

    @Test
    void testOtherJsonAndADirectoryAreCalledByTheirName() throws IOException {
        Path file = directory.resolve("a.raf.json");
        Files.writeString(file, "{\"error\":\"Repository not found\"}");

        assertThatThrownBy(() -> VoiceFileReader.read(file))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContainingAll("JSON of something else", "Repository not found");
        assertThatThrownBy(() -> VoiceFileReader.read(directory))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContainingAll("is a directory", "tts.voices");
    }

    @Test
    void testReadsAVoiceWithTranscript() {
        VoiceFile file = VoiceFileReader.read(Vectors.file("voice-a.raf.json"));

        assertThat(file.voice().id()).isEqualTo("voice_20261120_080000_0a1b2c3d");
        assertThat(file.voice().transcript()).isEqualTo("the world");
        assertThat(file.voice().globals()).hasSize(32).startsWith(1806, 1043).endsWith(4004, 1652);
        assertThat(file.voice().semantics()).hasSize(23).startsWith(3595).endsWith(7701);
        assertThat(file.name()).isEqualTo("vector voice a");
        assertThat(file.createdAt()).isEqualTo("2026-11-20T08:00:00.123456789Z");
        assertThat(file.audioDuration()).isEqualTo(0.46f);
        assertThat(file.sampleRate()).isEqualTo(16000);
        assertThat(VoiceChecksum.verdict(file)).isEqualTo(Checksum.VALID);
    }

    @Test
    void testReadsAVoiceWithoutTranscript() {
        VoiceFile file = VoiceFileReader.read(Vectors.file("voice-b.raf.json"));

        assertThat(file.name()).isEqualTo("声音 b");
        assertThat(file.voice().transcript()).isEmpty();
        assertThat(file.voice().semantics()).isEmpty();
        assertThat(file.audioDuration()).isEqualTo(6.0f);
        assertThat(VoiceChecksum.verdict(file)).isEqualTo(Checksum.VALID);
    }

    /**
     * Every character but blanks is changed in turn, a digit to another digit, a letter to another
     * letter, anything else to a letter: either that is no voice any more, or its checksum is
     * wrong.
     */
    @ParameterizedTest
    @ValueSource(strings = {"voice-a.raf.json", "voice-b.raf.json"})
    void testAnyChangedCharacterOfTheContentIsNoticed(String name) throws IOException {
        String text = Files.readString(Vectors.file(name));
        int noticed = 0;
        for (int i = 0; i < text.length(); i++) {
            if (Character.isWhitespace(text.charAt(i))) {
                continue;
            }
            String changed = text.substring(0, i) + other(text.charAt(i)) + text.substring(i + 1);
            assertThat(verdictOrNull(changed))
                    .as("character %s, '%s'", i, text.charAt(i))
                    .isNotEqualTo(Checksum.VALID);
            noticed++;
        }
        assertThat(noticed).isGreaterThan(400);
    }

    @Test
    void testBlanksInsideStringsCount() {
        assertThat(VoiceChecksum.verdict(parse(voiceA().replace("the world", "the  world"))))
                .isEqualTo(Checksum.WRONG);
    }

    @Test
    void testLayoutAndOrderOfFieldsDoNotCount() {
        String compact = voiceA().replaceAll("\n *", "").replace("\": ", "\":");
        assertThat(VoiceChecksum.verdict(parse(compact))).isEqualTo(Checksum.VALID);
        String reordered =
                voiceA().replace("  \"sample_rate\": 16000,\n", "")
                        .replaceFirst("\\{", "{\"sample_rate\": 16000,");
        assertThat(VoiceChecksum.verdict(parse(reordered))).isEqualTo(Checksum.VALID);
    }

    /** The digest was computed with another implementation (Python's json and hashlib). */
    @Test
    void testEscapesAndCharactersBeyondTheBasicPlane() {
        String text =
                voiceA().replace("vector voice a", "a\\\"b\\\\c/d\\u0001\\u001f\\n\\t\\u007f😀é")
                        .replaceFirst("\"checksum\": \"[0-9a-f]{64}\"", "\"checksum\": \"@\"");
        assertThat(VoiceChecksum.of(parse(text)))
                .isEqualTo("1921a8d236883c558947f354b182f414bebde13bffcb6d8bd17205cd55ccb967");
    }

    @Test
    void testMissingChecksumIsAccepted() throws IOException {
        String without = voiceA().replaceFirst(",\\s*\"checksum\": \"[0-9a-f]{64}\"", "");
        Path file = Files.writeString(directory.resolve("v.raf.json"), without);
        assertThat(VoiceChecksum.verdict(VoiceFileReader.read(file))).isEqualTo(Checksum.MISSING);
        assertThat(VoiceChecksum.verdict(parse(voiceA().replaceFirst("\"[0-9a-f]{64}\"", "\"\""))))
                .isEqualTo(Checksum.MISSING);
        assertThat(VoiceChecksum.verdict(parse(voiceA().replaceFirst("\"[0-9a-f]{64}\"", "null"))))
                .isEqualTo(Checksum.MISSING);
    }

    @Test
    void testWrongChecksumIsAccepted() throws IOException {
        String edited = voiceA().replace("the world", "the word");
        Path file = Files.writeString(directory.resolve("v.raf.json"), edited);
        VoiceFile read = VoiceFileReader.read(file);
        assertThat(VoiceChecksum.verdict(read)).isEqualTo(Checksum.WRONG);
        assertThat(read.voice().transcript()).isEqualTo("the word");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    6.0        | 6
                    0.46       | 0.46
                    13.99      | 13.99
                    0.0        | 0
                    0.1        | 0.1
                    16777216.0 | 16777216
                    0.33333334 | 0.33333334
                    15.1       | 15.100000381469727
                    20.000002  | 20.000002
                    """)
    void testDurationIsWrittenWithTheFewestDigitsOfAFloat(String expected, float value) {
        assertThat(VoiceChecksum.shortest(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "id": "voice_20261120_080000_0a1b2c3d"   | "id": 7              | id is 7, expected a string
                    "prompt_text"                            | "promt_text"         | no field prompt_text
                    "global_tokens"                          | "globals"            | no field global_tokens
                    1806,                                    | 4096,                | global_tokens[0] is 4096, expected 0 to 4095
                    1806,                                    | -1,                  | global_tokens[0] is -1
                    1806,                                    |                      | 31 global tokens, expected 32
                    1806,                                    | 1806, 1,             | 33 global tokens, expected 32
                    1806,                                    | "1806",              | global_tokens[0] is "1806", expected an integer
                    1806,                                    | 1806.0,              | global_tokens[0] is 1806.0
                    1806,                                    | 99999999999,         | global_tokens[0] is 99999999999
                    3595,                                    | 8192,                | semantic_tokens[0] is 8192, expected 0 to 8191
                    0.46                                     | -0.46                | audio_duration is -0.46
                    0.46                                     | 1e999                | audio_duration is
                    0.46                                     | "0.46"               | audio_duration is "0.46"
                    16000                                    | 1e4                  | sample_rate is
                    "name"                                   | "id"                 | Duplicate field 'id'
                    """)
    void testOtherContentIsRefusedByName(String part, String replacement, String message)
            throws IOException {
        String text = voiceA().replaceFirst(part, replacement == null ? "" : replacement);
        assertRefused(text, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "7", "\"voice\"", "{} {}", "\u0000"})
    void testOtherJsonIsRefused(String text) throws IOException {
        assertRefused(text, "v.raf.json: it ");
    }

    @Test
    void testTranscriptThatIsNoTextIsRefused() throws IOException {
        assertRefused(voiceA().replace("the world", "the \\ud83d"), "half a surrogate pair");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "prompt_text", "name", "created_at", "checksum"})
    void testTextThatHasNoUtf8FormIsRefusedByName(String field) throws IOException {
        String text =
                voiceA().replaceFirst("\"" + field + "\": \"", "\"" + field + "\": \"ab\\\\ud83d");
        assertRefused(text, field + " has half a surrogate pair at index 2");
    }

    @Test
    void testDeepNestingIsRefused() throws IOException {
        assertRefused("{\"id\":" + "[".repeat(100_000), "it is not JSON");
    }

    @Test
    void testHugeFileIsRefused() throws IOException {
        assertRefused(" ".repeat(VoiceFileReader.MAX_BYTES + 1), "more than 1048576 bytes");
    }

    @Test
    void testLongValueIsNotRepeatedInFull() throws IOException {
        String text = voiceA().replace("0.46", "\"" + "x".repeat(10_000) + "\"");
        Path file = Files.writeString(directory.resolve("v.raf.json"), text);
        assertThatThrownBy(() -> VoiceFileReader.read(file))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
    }

    @Test
    void testMissingFileAndDirectoryAreNamed() {
        Path missing = directory.resolve("none.raf.json");
        assertThatThrownBy(() -> VoiceFileReader.read(missing))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContaining(missing + " does not exist");
        assertThatThrownBy(() -> VoiceFileReader.read(directory))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContaining(directory + " is a directory");
    }

    private void assertRefused(String text, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("v.raf.json"), text);
        assertThatThrownBy(() -> VoiceFileReader.read(file))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    private static String voiceA() {
        try {
            return Files.readString(Vectors.file("voice-a.raf.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static VoiceFile parse(String text) {
        try {
            return VoiceJson.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Checksum verdictOrNull(String text) {
        try {
            return VoiceChecksum.verdict(parse(text));
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }

    private static char other(char c) {
        if (Character.isDigit(c)) {
            return c == '9' ? '0' : (char) (c + 1);
        }
        return c == 'x' ? 'y' : 'x';
    }
}
