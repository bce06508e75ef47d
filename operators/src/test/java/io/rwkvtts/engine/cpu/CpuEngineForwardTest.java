package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.Vectors;
import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.ReferenceForward;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits and states of exported models against published and double-precision ones. */
class CpuEngineForwardTest {

    private static final JsonNode NAMING = Vectors.json(Vectors.file("naming.json"));
    private static final EngineOptions OPTIONS = new EngineOptions(4, 1, false, false);

    /** Single precision against double precision, some 5e-6 in truth. */
    private static final double ROUNDING = 1e-4;

    @TempDir private Path directory;

    static Stream<JsonNode> namingFiles() {
        return StreamSupport.stream(NAMING.get("files").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("namingFiles")
    void testLogitsOfEachNamingAgree(JsonNode file) throws IOException {
        int[] prompt = new ObjectMapper().convertValue(NAMING.get("prompt"), int[].class);
        Path checkpoint = Vectors.file(file.get("file").asText());
        try (CpuEngine engine = open(checkpoint, Quantization.NONE)) {
            assertThat(engine.model().headRows()).isEqualTo(file.get("head_rows").asInt());
            float[] logits = prefill(engine, 0, prompt);
            JsonNode expected = NAMING.get("logits");
            for (int i = 0; i < expected.size(); i++) {
                assertThat((double) logits[i])
                        .as("logit %d", i)
                        .isCloseTo(
                                expected.get(i).asDouble(),
                                within(NAMING.get("tolerance_abs").asDouble()));
            }
        }
    }

    @Test
    void testRaggedRowsAgreeWithTheReference() throws IOException {
        ModelShape shape = ModelShape.proportioned(3, 128, 500, 500);
        Path file = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), shape);
        int[][] prompts = {tokens(23, 500), tokens(1, 500), tokens(40, 500)};
        int[] slots = {2, 0, 3};
        try (CpuEngine engine = open(file, Quantization.NONE)) {
            List<PromptPiece> pieces = new ArrayList<>();
            for (int i = 0; i < slots.length; i++) {
                pieces.add(new PromptPiece(slots[i], prompts[i], 0, prompts[i].length));
            }
            engine.prefill(pieces);
            int[] next = tokens(3, 500);
            engine.step(slots, next, slots.length);
            for (int i = 0; i < slots.length; i++) {
                ReferenceForward reference;
                try (Checkpoint checkpoint = Checkpoint.open(file)) {
                    reference = new ReferenceForward(checkpoint);
                }
                reference.feed(prompts[i]);
                double[] expected = reference.feed(next[i]);
                float[] logits = new float[500];
                engine.logits(slots[i], logits, 500);
                assertClose(logits, expected, ROUNDING);
                assertState(shape, engine.saveState(slots[i]), reference);
            }
        }
    }

    @Test
    void testOneLayerHasNoValueResidual() throws IOException {
        ModelShape shape = ModelShape.proportioned(1, 64, 40, 40);
        Path file = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), shape);
        try (CpuEngine engine = open(file, Quantization.NONE);
                Checkpoint checkpoint = Checkpoint.open(file)) {
            int[] prompt = tokens(9, 40);
            double[] expected = new ReferenceForward(checkpoint).feed(prompt);
            assertClose(prefill(engine, 1, prompt), expected, ROUNDING);
        }
    }

    /** The width of the channel mix need not be a whole number of blocks, nor of lanes. */
    @ParameterizedTest
    @EnumSource(
            value = Quantization.class,
            names = {"INT8", "INT8_NATIVE"})
    void testInt8IsCloseToTheReference(Quantization quantization) throws IOException {
        ExactByteProducts.assumed();
        TestModels.assumeOperators(quantization);
        ModelShape shape = new ModelShape(2, 192, 3, 64, 200, 300, 300, 24, 24, 48, 16);
        Path file = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), shape);
        try (CpuEngine engine = open(file, quantization);
                Checkpoint checkpoint = Checkpoint.open(file)) {
            int[] prompt = tokens(30, 300);
            double[] expected = new ReferenceForward(checkpoint).feed(prompt);
            assertThat(relativeError(prefill(engine, 0, prompt), expected)).isBetween(1e-4, 0.03);
        }
    }

    /** Weights rounded to 11 bits. */
    @Test
    void testHalvesAreCloserToTheReference() throws IOException {
        ModelShape shape = new ModelShape(2, 192, 3, 64, 200, 300, 300, 24, 24, 48, 16);
        Path file = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), shape);
        try (CpuEngine engine = open(file, Quantization.FP16);
                Checkpoint checkpoint = Checkpoint.open(file)) {
            int[] prompt = tokens(30, 300);
            double[] expected = new ReferenceForward(checkpoint).feed(prompt);
            assertThat(relativeError(prefill(engine, 0, prompt), expected)).isBetween(1e-5, 2e-3);
        }
    }

    @Test
    void testInt4IsCloseToTheReference() throws IOException {
        TestModels.assumeOperators(Quantization.INT4_NATIVE);
        ModelShape shape = new ModelShape(2, 192, 3, 64, 256, 300, 300, 24, 24, 48, 16);
        Path file = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), shape);
        try (CpuEngine engine = open(file, Quantization.INT4_NATIVE);
                Checkpoint checkpoint = Checkpoint.open(file)) {
            int[] prompt = tokens(30, 300);
            double[] expected = new ReferenceForward(checkpoint).feed(prompt);
            assertThat(relativeError(prefill(engine, 0, prompt), expected)).isBetween(1e-3, 0.2);
        }
    }

    @Test
    void testWidthThatIsInNoWholeGroupsIsRefused() throws IOException {
        ModelShape shape = new ModelShape(2, 192, 3, 64, 200, 300, 300, 24, 24, 48, 16);
        Path file = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), shape);
        assertThatThrownBy(
                        () ->
                                TestModels.export(
                                        file, Quantization.INT4_NATIVE, directory.resolve("model")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("4 bits take matrices with rows in groups of 64 weights, not of 200");
    }

    private static double relativeError(float[] logits, double[] expected) {
        double squares = 0;
        double errors = 0;
        for (int i = 0; i < logits.length; i++) {
            squares += expected[i] * expected[i];
            errors += (logits[i] - expected[i]) * (logits[i] - expected[i]);
        }
        return Math.sqrt(errors / squares);
    }

    private CpuEngine open(Path file, Quantization quantization) throws IOException {
        return CpuEngine.open(
                TestModels.export(file, quantization, directory.resolve("model")), OPTIONS);
    }

    private static float[] prefill(CpuEngine engine, int slot, int[] prompt) {
        engine.prefill(List.of(new PromptPiece(slot, prompt, 0, prompt.length)));
        float[] logits = new float[engine.model().headRows()];
        engine.logits(slot, logits, logits.length);
        return logits;
    }

    private static int[] tokens(int count, int vocabRows) {
        return new Random(count).ints(count, 0, vocabRows).toArray();
    }

    private static void assertState(ModelShape shape, byte[] state, ReferenceForward expected) {
        StateView view = new StateView(shape, state);
        for (int layer = 0; layer < shape.layers(); layer++) {
            assertThat(view.attentionShift(layer))
                    .containsExactly(expected.attentionShift[layer], within(ROUNDING));
            assertThat(view.channelShift(layer))
                    .containsExactly(expected.channelShift[layer], within(ROUNDING));
            for (int head = 0; head < shape.heads(); head++) {
                for (int value = 0; value < shape.headSize(); value++) {
                    for (int key = 0; key < shape.headSize(); key++) {
                        assertThat(view.wkv(layer, head, value, key))
                                .isCloseTo(expected.wkv[layer][head][value][key], within(ROUNDING));
                    }
                }
            }
        }
    }

    private static void assertClose(float[] logits, double[] expected, double tolerance) {
        assertThat(logits).hasSameSizeAs(expected);
        for (int i = 0; i < logits.length; i++) {
            assertThat((double) logits[i])
                    .as("logit %d", i)
                    .isCloseTo(expected[i], within(tolerance));
        }
    }
}
