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
    void testTheFirstPropertyIdIsTheSecondBehindTheText() {
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
                "||; line 257: an id, a literal and its length; \"\"",
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

    @Test
    void testWindowsLineEndsAreShownForWhatTheyAre() {
        Path file =
                VocabularyFixture.write(
                        directory, String.join("\r\n", new VocabularyFixture().lines()));

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("line 1: ")
                .hasMessageContaining("\"1\\u000d\"");
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
        Path file = VocabularyFixture.write(directory, content);

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem);
    }

    @Test
    void testAMissingFileAndADirectoryAreNamed() {
        Path missing = directory.resolve("none.txt");

        assertThatThrownBy(() -> WorldTokenizer.load(missing))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(missing + ": there is no such file");
        assertThatThrownBy(() -> WorldTokenizer.load(directory))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(directory + ": can't be read");
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
