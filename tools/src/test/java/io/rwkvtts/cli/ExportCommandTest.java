package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.job.TestVectors;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts export}. */
class ExportCommandTest {

    @TempDir private Path directory;
    private Path model;
    private Path vocabulary;
    private Path out;

    @BeforeEach
    void unpack() throws IOException {
        model = TestVectors.unpack("tts-l2-d64-webrwkv-f16.safetensors", directory);
        vocabulary = TestVectors.unpack("mini_vocab.txt", directory);
        out = directory.resolve("models/exported");
    }

    @Test
    void testDirectoryWithVocabularyGeneratesWhatTheCheckpointDoes() throws IOException {
        TtsRun run = export("--vocab=" + vocabulary);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith(out + ": 32-bit weights, 8193 of 12686 head rows")
                .containsPattern("vocabulary mini_vocab.txt, [0-9,]+ bytes, written in [0-9.]+ s");

        JsonNode exported = generate("--model=" + out).json();
        assertThat(exported.get("semanticTokens")).hasSizeGreaterThanOrEqualTo(8);
        assertThat(generate("--model=" + model, "--vocab=" + vocabulary).json())
                .isEqualTo(exported);
    }

    @Test
    void testOptionsDecideWhatIsExported() throws IOException {
        Path text = TestVectors.unpack("naming/fla-f32.safetensors", directory);
        TtsRun all = TtsRun.of("export", "--model=" + text, "--out=" + out, "--head-rows=all");
        assertThat(all.exit()).as(all.err()).isZero();
        assertThat(ModelDirectory.open(out).headRows()).isEqualTo(96);
        assertThat(all.out()).contains("96 of 96 head rows", "no vocabulary");

        Path few = directory.resolve("few");
        TtsRun bytes =
                TtsRun.of(
                        "export",
                        "--model=" + text,
                        "--out=" + few,
                        "--head-rows=7",
                        "--quantize=int8");
        assertThat(bytes.exit()).as(bytes.err()).isZero();
        assertThat(bytes.out()).contains("int8 weights, 7 of 96 head rows");
        assertThat(ModelDirectory.open(few).headRows()).isEqualTo(7);
        assertThat(ModelDirectory.open(few).quantization()).isEqualTo(Quantization.INT8);
    }

    @Test
    void testNothingIsOverwritten() throws IOException {
        Files.createDirectories(out);
        Path file = Files.writeString(out.resolve("mine"), "precious");
        export().assertFailure(out, "exists", "expected a new path or an empty directory");
        assertThat(file).hasContent("precious");

        Files.delete(file);
        assertThat(export().exit()).isZero();
        String first = Files.readString(out.resolve("model.json"));
        export("--quantize=int8").assertFailure(out, "exists");
        assertThat(out.resolve("model.json")).hasContent(first);
    }

    @Test
    void testFailureLeavesNothing() throws IOException {
        export("--head-rows=12687")
                .assertFailure(model, "12686 head rows", "the 12687 of --head-rows");
        Path text = TestVectors.unpack("naming/fla-f32.safetensors", directory);
        TtsRun.of("export", "--model=" + text, "--out=" + out)
                .assertFailure(text, "96 head rows", "8193", "give 'all'");
        Path vocabulary = directory.resolve("vocab.txt");
        export("--vocab=" + vocabulary).assertFailure(vocabulary, "no such file");
        Files.writeString(vocabulary, "garbage");
        export("--vocab=" + vocabulary).assertFailure(vocabulary, "is no vocabulary");
        Path missing = directory.resolve("missing.safetensors");
        TtsRun.of("export", "--model=" + missing, "--out=" + out)
                .assertFailure(missing, "does not exist");
        Path file = Files.writeString(directory.resolve("file"), "");
        TtsRun.of("export", "--model=" + model, "--out=" + file.resolve("out"))
                .assertFailure(file, "Not a directory");
        try (Stream<Path> left = Files.walk(directory)) {
            assertThat(left.filter(Files::isDirectory)).containsExactly(directory);
        }
    }

    /** A name of the directory's own would hide the vocabulary or what it replaces. */
    @Test
    void testVocabularyThatIsNamedLikeAnotherFileIsRefused() throws IOException {
        for (String name : List.of("model.json", "model.onnx", "weights.bin")) {
            Path odd = Files.copy(vocabulary, directory.resolve(name));
            export("--vocab=" + odd).assertFailure(odd, "rename it");
        }
        assertThat(out).doesNotExist();
    }

    @Test
    void testWrongUsageIsToldFromFailure() {
        TtsRun.of("export", "--model=" + model).assertWrongUsage("Missing required", "--out");
        export("--head-rows=0").assertWrongUsage("'--head-rows'", "tts, all or a number from 1");
        export("--head-rows=some").assertWrongUsage("'some': expected tts, all or a number");
        export("--quantize=int3").assertWrongUsage("unknown quantisation 'int3': one of none");
    }

    @Test
    void testRandomWeightsAreNamed() {
        Path random = directory.resolve("random.safetensors");
        String shape = "--layers 1 --dim 64 --vocab-rows 50 --seed 9 --out " + random;
        assertThat(TtsRun.of(("random-model " + shape).split(" ")).exit()).isZero();
        TtsRun run = TtsRun.of("export", "--model=" + random, "--out=" + out, "--head-rows=all");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("weights are random (seed 9)", "noise");
    }

    private TtsRun export(String... options) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("export", "--model=" + model, "--out=" + out));
        arguments.addAll(Arrays.asList(options));
        return TtsRun.of(arguments);
    }

    private TtsRun generate(String... options) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("generate", "--cache=" + directory.resolve("cache")));
        arguments.addAll(List.of("--text=Hello", "--min-semantic-tokens=8"));
        arguments.addAll(Arrays.asList(options));
        return TtsRun.of(arguments);
    }
}
