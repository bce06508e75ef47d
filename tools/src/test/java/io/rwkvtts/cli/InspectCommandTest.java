package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.job.TestVectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tts inspect}, against the logits of the published vectors. */
class InspectCommandTest {

    private static final int TOP = 16;

    @TempDir private static Path directory;
    private static JsonNode naming;
    private static Path official;

    @BeforeAll
    static void unpack() throws IOException {
        naming = TestVectors.published("naming.json");
        official = TestVectors.unpack("naming/official-f32.safetensors", directory);
    }

    static List<JsonNode> namingFiles() throws IOException {
        return TestVectors.list(TestVectors.published("naming.json").get("files"));
    }

    @ParameterizedTest
    @MethodSource("namingFiles")
    void testSizesOfEachNamingAreFound(JsonNode file) throws IOException {
        JsonNode model = inspect(TestVectors.unpack(file.get("file").asText(), directory)).json();
        JsonNode shape = naming.get("shape");
        for (String size : List.of("n_layer", "n_embd", "n_head", "vocab_rows", "lora_ranks")) {
            assertThat(model.get(size)).as(size).isEqualTo(shape.get(size));
        }
        assertThat(model.get("naming")).isEqualTo(file.get("naming"));
        assertThat(model.get("head_rows")).isEqualTo(file.get("head_rows"));
        assertThat(model.get("exportedHeadRows")).isEqualTo(file.get("head_rows"));
        assertThat(model.get("head_size").asInt()).isEqualTo(64);
        assertThat(model.get("n_ffn").asInt()).isEqualTo(192);
        assertThat(model.get("quantization").asText()).isEqualTo("none");
        assertThat(model.has("top") || model.has("greedy") || model.has("randomSeed")).isFalse();
    }

    /** The rows of the head beyond the first 40 are zeros, or not there. */
    @ParameterizedTest
    @MethodSource("namingFiles")
    void testLogitsOfEachNamingAreThoseOfTheVectors(JsonNode file) throws IOException {
        Path path = TestVectors.unpack(file.get("file").asText(), directory);
        JsonNode model = inspect(path, "--tokens=" + tokens(naming.get("prompt"))).json();
        double[] logits = new double[file.get("head_rows").asInt()];
        for (int id = 0; id < naming.get("logits").size(); id++) {
            logits[id] = naming.get("logits").get(id).asDouble();
        }
        List<Integer> largest =
                IntStream.range(0, logits.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(id -> -logits[id]))
                        .limit(TOP)
                        .toList();
        JsonNode top = model.get("top");
        assertThat(TestVectors.list(top)).hasSize(TOP);
        for (int i = 0; i < TOP; i++) {
            assertThat(top.get(i).get(0).asInt()).isEqualTo(largest.get(i));
            assertThat(top.get(i).get(1).asDouble())
                    .isCloseTo(
                            logits[largest.get(i)], within(naming.get("tolerance_abs").asDouble()));
        }
    }

    @Test
    void testGreedyStepsOfAllNamingsAreEqualAndBeginWithTheLargestLogit() throws IOException {
        List<int[]> greedy = new ArrayList<>();
        for (JsonNode file : namingFiles()) {
            Path path = TestVectors.unpack(file.get("file").asText(), directory);
            greedy.add(
                    TestVectors.ints(
                            inspect(path, "--tokens=" + tokens(naming.get("prompt")), "--greedy=8")
                                    .json()
                                    .get("greedy")));
        }
        assertThat(greedy).hasSize(6).allSatisfy(ids -> assertThat(ids).hasSize(8));
        assertThat(greedy).allSatisfy(ids -> assertThat(ids).isEqualTo(greedy.get(0)));
        assertThat(greedy.get(0)[0]).isEqualTo(16);
    }

    /** Stepping on is the same as having it all in the prompt, which is longer than a piece. */
    @Test
    void testGreedyStepsContinueFromThePrompt() {
        String prompt =
                IntStream.range(0, 600)
                        .mapToObj(i -> Integer.toString(i * 31 % 96))
                        .collect(Collectors.joining(","));
        JsonNode greedy = inspect(official, "--tokens=" + prompt, "--greedy=3").json();
        int[] ids = TestVectors.ints(greedy.get("greedy"));
        JsonNode further =
                inspect(official, "--tokens=" + prompt + "," + ids[0] + "," + ids[1]).json();
        assertThat(greedy.get("top").get(0).get(0).asInt()).isEqualTo(ids[0]);
        assertThat(further.get("top").get(0).get(0).asInt()).isEqualTo(ids[2]);
    }

    /** By the formulas of the help, with L 2, D 64, N 64, F 192, ranks 16, 12, 24, 8. */
    @Test
    void testFiguresFollowFromTheSizes() {
        long large = 2 * (4 * 64 * 64 + 2 * 64 * 192) + 96 * 64;
        long lora = 2 * 2 * 64 * (16 + 12 + 24) + 2 * 64 * 8;
        JsonNode floats = inspect(official).json();
        assertThat(floats.get("stateBytes").asLong()).isEqualTo(4 * 2 * (2 * 64 + 64 * 64));
        assertThat(floats.get("stepWeightBytes").asLong()).isEqualTo(4 * (large + lora));
        // ln0, ln_out; per layer ln1, ln2, ln_x, six mixes, x_k, w0, a0, k_k, k_a, r_k; one v0
        assertThat(floats.get("parameters").asLong())
                .isEqualTo(large + lora + 96 * 64 + 64 * (4 + 2 * (6 + 6 + 1 + 5) + 1));

        JsonNode bytes = inspect(official, "--quantize=int8").json();
        assertThat(bytes.get("quantization").asText()).isEqualTo("int8");
        long rows = 2 * (4 * 64 + 192 + 64) + 96 + 2 * (16 + 12 + 24) + 8;
        assertThat(bytes.get("stepWeightBytes").asLong())
                .isEqualTo(large + lora / 2 + 4 * (rows + lora / 2));
        JsonNode blocks = inspect(official, "--quantize=int8-blocks").json();
        assertThat(blocks.get("stepWeightBytes").asLong())
                .isEqualTo(large + large / 64 * 4 + 4 * lora);
        assertThat(bytes.get("parameters")).isEqualTo(floats.get("parameters"));
    }

    @Test
    void testEightBitsGiveLogitsNearThoseOfFloats() {
        String tokens = "--tokens=" + tokens(naming.get("prompt"));
        JsonNode bytes = inspect(official, "--quantize=int8", tokens).json().get("top");
        for (JsonNode pair : bytes) {
            int id = pair.get(0).asInt();
            double expected = id < 40 ? naming.get("logits").get(id).asDouble() : 0;
            assertThat(pair.get(1).asDouble()).isCloseTo(expected, within(0.2));
        }
        assertThat(bytes)
                .isNotEqualTo(inspect(official, "--quantize=none", tokens).json().get("top"));
    }

    @Test
    void testModelDirectoryShowsTheRowsThatItHas() {
        Path model = directory.resolve("few-rows");
        TtsRun export =
                TtsRun.of("export", "--model=" + official, "--out=" + model, "--head-rows=20");
        assertThat(export.exit()).as(export.err()).isZero();
        JsonNode sizes = inspect(model).json();
        assertThat(sizes.get("head_rows").asInt()).isEqualTo(96);
        assertThat(sizes.get("exportedHeadRows").asInt()).isEqualTo(20);
        assertThat(sizes.get("weightsId")).isEqualTo(inspect(official).json().get("weightsId"));
        JsonNode top = inspect(model, "--tokens=1").json().get("top");
        assertThat(TestVectors.list(top))
                .hasSize(TOP)
                .allSatisfy(pair -> assertThat(pair.get(0).asInt()).isLessThan(20));
        inspect(model, "--quantize=int8").assertFailure(model, "quantisation none", "int8");
    }

    @Test
    void testRandomWeightsAreNamed() {
        Path random = directory.resolve("random.safetensors");
        String options = "--layers 1 --dim 64 --vocab-rows 50 --seed 18446744073709551614";
        assertThat(TtsRun.of(("random-model --out " + random + " " + options).split(" ")).exit())
                .isZero();
        TtsRun run = inspect(random, "--tokens=1,2");
        assertThat(run.json().get("randomSeed").asText()).isEqualTo("18446744073709551614");
        assertThat(run.json().at("/lora_ranks/v").asInt()).isZero();
        assertThat(run.err())
                .contains("weights of " + random + " are random (seed 18446744073709551614)")
                .contains("noise");
    }

    @ParameterizedTest
    @ValueSource(strings = {"96", "1,2,96", "-1", "2147483647"})
    void testTokensThatTheModelDoesNotHaveAreRefused(String tokens) {
        inspect(official, "--tokens=" + tokens).assertFailure("token ", ": expected 0 to 95");
    }

    @Test
    void testWrongUsageIsToldFromFailure() {
        inspect(official, "--tokens=1,x").assertWrongUsage("'--tokens'", "'x' is not an int");
        inspect(official, "--tokens=").assertWrongUsage("'--tokens'");
        inspect(official, "--greedy=3").assertWrongUsage("--greedy", "give --tokens");
        for (String steps : List.of("0", "-1", "1000001")) {
            inspect(official, "--tokens=1", "--greedy=" + steps)
                    .assertWrongUsage("--greedy is " + steps + ", expected 1 to 1000000");
        }
        inspect(directory.resolve("none")).assertFailure(directory.resolve("none"), "not exist");
    }

    /** The 10 MB checkpoint of {@code forward.json} is not in the repository. */
    @Test
    @EnabledIfSystemProperty(named = "tts.vectors.dir", matches = ".+")
    void testLogitsOfTheForwardVectors() throws IOException {
        Path vectors = Path.of(System.getProperty("tts.vectors.dir"));
        JsonNode forward = new ObjectMapper().readTree(vectors.resolve("forward.json").toFile());
        Path model = vectors.resolve(forward.get("model").asText());
        double tolerance = forward.at("/tolerance/logits_abs").asDouble();
        forward.get("expected_shape")
                .fields()
                .forEachRemaining(
                        size ->
                                assertThat(inspect(model).json().get(size.getKey()))
                                        .as(size.getKey())
                                        .isEqualTo(size.getValue()));
        for (JsonNode c : forward.get("cases")) {
            JsonNode greedy = c.get("greedy");
            String prompt = tokens(c.get("prompt"));
            String steps = "--greedy=" + greedy.get("steps").asInt();
            JsonNode answer = inspect(model, "--tokens=" + prompt, steps).json();
            assertTop(answer.get("top"), c.at("/prefill/top16"), tolerance);
            assertThat(answer.get("greedy")).isEqualTo(greedy.get("tokens"));
            String longer = prompt + "," + tokens(greedy.get("tokens"));
            JsonNode after = inspect(model, "--tokens=" + longer).json();
            assertTop(after.get("top"), greedy.at("/after/top16"), tolerance);
        }
    }

    private static void assertTop(JsonNode actual, JsonNode expected, double tolerance) {
        assertThat(expected).hasSize(TOP);
        for (int i = 0; i < TOP; i++) {
            assertThat(actual.get(i).get(0)).isEqualTo(expected.get(i).get(0));
            assertThat(actual.get(i).get(1).asDouble())
                    .isCloseTo(expected.get(i).get(1).asDouble(), within(tolerance));
        }
    }

    private static String tokens(JsonNode ids) {
        return Arrays.stream(TestVectors.ints(ids))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(","));
    }

    private static TtsRun inspect(Path model, String... options) {
        List<String> arguments = new ArrayList<>();
        arguments.add("inspect");
        arguments.add("--cache=" + directory.resolve("cache"));
        arguments.add("--model=" + model);
        arguments.addAll(Arrays.asList(options));
        return TtsRun.of(arguments);
    }
}
