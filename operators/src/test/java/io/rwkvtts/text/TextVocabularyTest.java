package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text form of a vocabulary, sound and not. */
class TextVocabularyTest {

    @TempDir Path directory;

    @Test
    void testTokensWithBlanksQuotesAndForeignLineBreaksAreRead() {
        WorldTokenizer tokenizer =
                new VocabularyFixture("  ", "' '", "\"\"", " a b ", "\u0085", "x\u2028y", "\r\n")
                        .tokenizer(directory);

        assertThat(tokenizer.size()).isEqualTo(263);
        assertThat(tokenizer.encode("' '")).hasSize(1);
        assertThat(tokenizer.encode(" a b   ")).hasSize(2);
        assertThat(tokenizer.encode("\u0085x\u2028y\r\n")).hasSize(3);
    }

    @Test
    void testTheFirstPropertyIdIsTheSecondAfterTheText() {
        WorldTokenizer tokenizer = new VocabularyFixture("aa").tokenizer(directory);

        assertThat(tokenizer.largestTextId()).isEqualTo(12_292 + 257);
        assertThat(tokenizer.spct0()).hasValue(12_292 + 259);
    }

    @Test
    void testTheLastLineNeedsNoLineBreak() {
        Path file =
                VocabularyFixture.write(
                        directory, String.join("\n", new VocabularyFixture("ab").lines()));

        assertThat(WorldTokenizer.load(file).size()).isEqualTo(257);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "258 'zz' 2; line 257: id 257 was expected; \"258\"",
                "0257 'zz' 2; line 257: id 257 was expected; \"0257\"",
                "x 'zz' 2; line 257: id 257 was expected; \"x\"",
                "|'zz' 2|; line 257: an id, a literal and its length; \"'zz' 2\"",
                "257 'zz'; line 257: an id, a literal and its length; \"257 'zz'\"",
                "257; line 257: an id, a literal and its length; \"257\"",
                "257 'zz' 3; line 257: the literal has 2 bytes; \"3\"",
                "257 'zz' +2; line 257: the literal has 2 bytes; \"+2\"",
                "|257 'zz' 2 |; line 257: ; literal",
                "257 'zé' 2; line 257: the literal has 3 bytes; \"2\"",
                "257 'zz 2; line 257: no closing quote; \"'zz\"",
                "257 zz 2; line 257: no '…'; \"zz\"",
                "257 '\\q' 1; line 257: an unknown escape, \\q; literal",
                "257 'z' 1; line 257: the token is not above; ascend",
                "257 '' 0; line 257: the token is not above; ascend",
            })
    void testAMalformedLineIsNamed(String line, String problem, String found) {
        List<String> lines = new VocabularyFixture("zzz").lines();
        lines.set(256, line);
        lines.add("258 'zzz' 3");
        Path file = VocabularyFixture.write(directory, String.join("\n", lines));

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem)
                .hasMessageContaining(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", " \n\t\n"})
    void testLineEndsByteOrderMarkAndEmptyEndOfEditorsAreRead(String end) {
        List<String> lines = new VocabularyFixture("ab").lines();
        for (String lineEnd : List.of("\n", "\r\n")) {
            for (String mark : List.of("", "\ufeff")) {
                String content =
                        mark + String.join(lineEnd, lines) + lineEnd + end.replace("\n", lineEnd);
                Path file = VocabularyFixture.write(directory, content);

                assertThat(WorldTokenizer.load(file).encode("ab\r")).hasSize(2);
            }
        }
    }

    @Test
    void testAnEmptyLineWithinIsNamed() {
        List<String> lines = new VocabularyFixture("ab").lines();
        lines.add(256, "");
        Path file = VocabularyFixture.write(directory, String.join("\n", lines));

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("line 257: an id, a literal and its length were expected");
    }

    /** The files of the RWKV-TTS family: control entries, then the text tokens. */
    @ParameterizedTest
    @EnumSource(VocabularyFixture.ByteLiterals.class)
    void testUnifiedIdsWithControlEntriesAreRead(VocabularyFixture.ByteLiterals literals) {
        VocabularyFixture fixture = new VocabularyFixture("ab", "早", "é");
        WorldTokenizer raw = fixture.tokenizer(directory);
        WorldTokenizer unified =
                WorldTokenizer.load(
                        VocabularyFixture.write(
                                directory, String.join("\n", fixture.unifiedLines(literals))));

        assertThat(unified.size()).isEqualTo(raw.size());
        assertThat(unified.spct0()).isEqualTo(raw.spct0());
        for (String text : new String[] {"ab 早", "é\u0080\u00ff", "你好", "<|tag_0|>"}) {
            assertThat(unified.encode(text)).isEqualTo(raw.encode(text));
        }
    }

    @Test
    void testAUnifiedFileMayBeginWithId0() {
        VocabularyFixture fixture = new VocabularyFixture("ab");
        List<String> lines = fixture.unifiedLines(VocabularyFixture.ByteLiterals.BYTES);
        lines.add(0, "0 '<|semantic_token_0|>' 20");

        assertThat(
                        WorldTokenizer.load(
                                        VocabularyFixture.write(
                                                directory, String.join("\n", lines)))
                                .size())
                .isEqualTo(257);
    }

    @Test
    void testARawFileMayNameTheEndOfText() {
        List<String> lines = new VocabularyFixture("ab").lines();
        lines.add(0, "0 '<|rwkv_tokenizer_end_of_text|>' 30");
        Path file = VocabularyFixture.write(directory, String.join("\n", lines));

        assertThat(WorldTokenizer.load(file).size()).isEqualTo(257);
    }

    @Test
    void testAControlEntryOutOfPlaceIsNamed() {
        List<String> lines =
                new VocabularyFixture("ab").unifiedLines(VocabularyFixture.ByteLiterals.BYTES);
        lines.set(8192, "8193 '<|tag_7|>' 9");
        Path file = VocabularyFixture.write(directory, String.join("\n", lines));

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("id 8193")
                .hasMessageContaining("<|tag_0|>");
    }

    @ParameterizedTest
    @MethodSource("io.rwkvtts.file.ForeignFiles#all")
    void testAnotherKindOfFileIsCalledByItsName(byte[] content, String what, String advice) {
        Path file = VocabularyFixture.write(directory, content);

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContainingAll(file.toString(), what)
                .hasMessageContaining("no vocabulary");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "{\"error\":\"Invalid username or password.\"}; error message of a server",
                "{\"version\":\"1.0\",\"model\":{}}; Hugging Face's tokenizers",
                "b'\\x00'; lines without ids",
                "<|rwkv_tokenizer_end_of_text|>; lines without ids",
            })
    void testWhatElseLiesBesideAModelIsCalledByItsName(String content, String what) {
        VocabularyFixture.assertRefused(directory, content, what);
    }

    @Test
    void testALineThatIsNotUtf8IsNamed() {
        byte[] content = "1 '\\x00' 1\n2 'x' 1\n".getBytes(StandardCharsets.UTF_8);
        content["1 '\\x00' 1\n2 '".length()] = (byte) 0xFF;
        Path file = VocabularyFixture.write(directory, content);

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("line 2: the line is not UTF-8");
    }

    @Test
    void testAMissingByteIsNamed() {
        VocabularyFixture fixture = new VocabularyFixture("ab");
        fixture.tokens().remove(0xC3);
        Path file = VocabularyFixture.write(directory, String.join("\n", fixture.lines()));

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("no token is the single byte C3");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "||; is empty",
                "#!/bin/sh; is no vocabulary",
                "[1]; is no vocabulary",
                "|  |; is no vocabulary",
            })
    void testAFileThatIsNoVocabularyIsRefused(String content, String problem) {
        VocabularyFixture.assertRefused(directory, content, problem);
    }

    @Test
    void testAMissingFileAndADirectoryAreNamed() {
        Path missing = directory.resolve("none.txt");

        assertThatThrownBy(() -> WorldTokenizer.load(missing))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(missing + ": there is no such file");
        assertThatThrownBy(() -> WorldTokenizer.load(directory))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(directory + ": is a directory");
    }

    @Test
    void testAFileTooLargeForAVocabularyIsRefused() throws IOException {
        Path file = directory.resolve("huge.txt");
        Files.write(file, new byte[VocabularyFile.MAX_BYTES + 1]);

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("more than 8000000 bytes");
    }
}
