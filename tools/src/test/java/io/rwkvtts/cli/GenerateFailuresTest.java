package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.TestVectors;
import io.rwkvtts.protocol.VoiceAttribute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tts generate} prints for bad input: one line that names it, and status 1 or 2. */
class GenerateFailuresTest {

    private static final List<String> TEXT = List.of("--text=Hi");

    @TempDir private static Path directory;
    private static SpeechFiles files;

    @BeforeAll
    static void unpack() throws IOException {
        files = SpeechFiles.unpack(directory);
    }

    @Test
    void testBadTextIsRefused() {
        say("--text=").assertFailure("text is blank, expected a letter or digit");
        say("--text= \t\n").assertFailure("text is blank");
        say("--text=a\ud800b").assertFailure("half a surrogate pair, U+D800, at index 1");
        say("--text=" + "x".repeat(10_001)).assertFailure("10001 characters", "at most 10000");
    }

    @Test
    void testUnknownPropertiesAreRefused() {
        for (VoiceAttribute attribute : VoiceAttribute.values()) {
            say("--text=Hi", "--" + attribute.label() + "=odd")
                    .assertFailure(
                            attribute.label() + " is \"odd\", expected one of ",
                            attribute.allowedNames());
        }
    }

    @Test
    void testBadNumbersAreRefused() {
        say("--text=Hi", "--max-semantic-tokens=0").assertFailure("is 0, expected 1 to 2048");
        say("--text=Hi", "--max-semantic-tokens=2049").assertFailure("is 2049, expected 1 to");
        say("--text=Hi", "--min-semantic-tokens=9", "--max-semantic-tokens=8")
                .assertFailure("minSemanticTokens is 9, expected 0 to");
        say("--text=Hi", "--temperature=-0.1").assertFailure("temperature is -0.1, expected");
        say("--text=Hi", "--temperature=NaN").assertFailure("temperature is NaN, expected");
        say("--text=Hi", "--top-p=1.1").assertFailure("topP is 1.1, expected 0 to 1");
        say("--text=Hi", "--top-k=-1").assertFailure("topK is -1, expected 0");
        say("--text=Hi", "--threads=0").assertFailure("threads is 0: expected at least 1");
        say("--text=Hi", "--seed=-1").assertWrongUsage("'--seed'", "0 to 18446744073709551615");
        say("--text=Hi", "--top-k=many").assertWrongUsage("'--top-k'", "'many' is not an int");
    }

    @Test
    void testWrongUsageIsToldFromFailure() {
        TtsRun.of("generate", "--text=Hi").assertWrongUsage("Missing required option", "--model");
        say().assertWrongUsage("Missing required option", "--text");
        say("--text=Hi", "--voice=a.raf.json", "--age=child")
                .assertWrongUsage("--voice", "--age", "mutually exclusive");
        say("--text=Hi", "--quantize=int4")
                .assertWrongUsage(
                        "unknown quantisation 'int4': one of none, int8, int8-native, int4-native, fp16, int8-blocks");
    }

    @Test
    void testVoiceFileThatCannotBeUsedIsRefused() throws IOException {
        Path voice = directory.resolve("bad.raf.json");
        say("--text=Hi", "--voice=" + voice).assertFailure(voice, "does not exist");
        Files.writeString(voice, "{}");
        say("--text=Hi", "--voice=" + voice).assertFailure(voice, "no field id");
    }

    @Test
    void testModelThatCannotBeUsedIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(files.model());
        Path bad = directory.resolve("bad.safetensors");
        refuse(bad).assertFailure(bad, "does not exist", "expected");
        Files.write(bad, new byte[0]);
        refuse(bad).assertFailure(bad, "0 bytes", "expected a safetensors file");
        Files.write(bad, Arrays.copyOf(whole, whole.length - 1));
        refuse(bad).assertFailure(bad);
        Files.write(bad, Arrays.copyOf(whole, 5000));
        refuse(bad).assertFailure(bad, "truncated?");
        Files.writeString(bad, "no weights at all, but long enough to hold a header's length");
        refuse(bad).assertFailure(bad, "is text that begins with no weights at all");
        Files.write(bad, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
        refuse(bad).assertFailure(bad, "another format, or truncated?");
        refuse(directory).assertFailure(directory, "expected a checkpoint file, or a directory");
        Path other = TestVectors.unpack("naming/official-f32.safetensors", directory);
        refuse(other).assertFailure(other, "96 head rows: expected at least the 8193");
    }

    @Test
    void testModelOfAnotherArchitectureIsRefused() throws IOException {
        Path bad = SpeechFiles.writeForeign(directory.resolve("gpt.safetensors"));
        refuse(bad).assertFailure(bad, "is not an RWKV-7 checkpoint", "h.0.attn.weight");
    }

    @Test
    void testVocabularyThatCannotBeUsedIsRefused() throws IOException {
        TtsRun.of("generate", "--model=" + files.model(), "--text=Hi")
                .assertFailure("no vocabulary for " + files.model(), "--vocab");
        Path bad = directory.resolve("vocab.txt");
        files.generate(files.model(), bad, TEXT).assertFailure(bad, "no such file");
        Files.writeString(bad, "");
        files.generate(files.model(), bad, TEXT).assertFailure(bad, "is empty");
        Files.writeString(bad, "1 'a' 2\n");
        files.generate(files.model(), bad, TEXT).assertFailure(bad, "line 1");
        files.generate(files.model(), files.demo().vocabulary(), TEXT)
                .assertFailure(
                        files.model(), files.demo().vocabulary(), "does not fit", "12686 rows");
        files.generate(files.demo().checkpoint(), "mini_vocab.txt", TEXT)
                .assertFailure(
                        files.demo().checkpoint(), "mini_vocab.txt", "does not fit", "12649 rows");
    }

    @Test
    void testDamagedModelDirectoryIsRefused() throws IOException {
        Path exported = directory.resolve("exported");
        TtsRun export = TtsRun.of("export", "--model=" + files.model(), "--out=" + exported);
        assertThat(export.exit()).as(export.err()).isZero();
        Path weights = exported.resolve("weights.bin");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, whole.length - 1));
        refuse(exported).assertFailure(weights, "expected a file of " + whole.length + " bytes");
        Files.delete(weights);
        refuse(exported).assertFailure(weights, "is missing", "export the model again");
        Files.writeString(exported.resolve("model.json"), "{");
        refuse(exported).assertFailure(exported.resolve("model.json"), "is damaged");
    }

    private static TtsRun refuse(Path checkpoint) {
        return files.generate(checkpoint, "mini_vocab.txt", TEXT);
    }

    private static TtsRun say(String... options) {
        return files.generate(files.model(), "mini_vocab.txt", Arrays.asList(options));
    }
}
