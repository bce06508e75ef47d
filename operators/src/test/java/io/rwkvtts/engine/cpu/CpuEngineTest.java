package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuEngineTest {

    private static final EngineOptions OPTIONS = new EngineOptions(3, 1, false, true);
    private static final ModelShape SHAPE = ModelShape.proportioned(2, 128, 100, 90);

    @TempDir private Path directory;
    private Path checkpoint;
    private ModelDirectory model;

    @BeforeEach
    void exportModel() throws IOException {
        checkpoint = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), SHAPE);
        model = TestModels.export(checkpoint, Quantization.NONE, directory.resolve("model"));
    }

    @Test
    void testModelIsDescribed() {
        try (CpuEngine engine = CpuEngine.open(model, OPTIONS)) {
            EngineModel described = engine.model();
            assertThat(described.weightsId()).isEqualTo(model.weightsId());
            assertThat(described.vocabRows()).isEqualTo(100);
            assertThat(described.headRows()).isEqualTo(90);
            assertThat(described.stateLayout()).isEqualTo(1);
            assertThat(described.stateBytes()).isEqualTo(SHAPE.stateFloats() * Float.BYTES);
            assertThat(engine.slots()).isEqualTo(3);
        }
    }

    @Test
    void testNumericsIdTellsQuantisationsApartAndNothingElse() throws IOException {
        ModelDirectory int8 =
                TestModels.export(checkpoint, Quantization.INT8, directory.resolve("int8"));
        String id = numericsId(model, OPTIONS);
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(numericsId(model, new EngineOptions(7, 2, true, false))).isEqualTo(id);
        assertThat(numericsId(int8, OPTIONS)).isNotEqualTo(id);
    }

    /** Nothing but the results of the computation is different here. */
    @Test
    void testNumericsIdIsFoundByComputing() throws IOException {
        Path other = directory.resolve("other.safetensors");
        RandomCheckpoint.write(other, SHAPE, TensorType.F32, 4);
        ModelDirectory otherWeights =
                TestModels.export(other, Quantization.NONE, directory.resolve("other"));
        assertThat(numericsId(otherWeights, OPTIONS)).isNotEqualTo(numericsId(model, OPTIONS));
    }

    @Test
    void testNewEngineIsEmpty() {
        try (CpuEngine engine = CpuEngine.open(model, OPTIONS)) {
            assertThat(engine.saveState(0)).containsOnly(0);
            assertThatThrownBy(() -> engine.logits(0, new float[1], 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("slot 0");
        }
    }

    @Test
    void testResetEngineIsAsNew() {
        int[] slots = {2, 0};
        float[] logits = new float[model.headRows()];
        float[] expected = new float[model.headRows()];
        try (CpuEngine fresh = CpuEngine.open(model, OPTIONS);
                CpuEngine engine = CpuEngine.open(model, OPTIONS)) {
            engine.step(slots, new int[] {5, 6}, 2);
            engine.prefill(PromptPiece.cut(1, new int[] {7, 8, 9}, 3));

            assertThat(engine.reset()).isTrue();
            assertThatThrownBy(() -> engine.logits(1, logits, 1))
                    .isInstanceOf(IllegalStateException.class);
            for (int slot = 0; slot < engine.slots(); slot++) {
                assertThat(engine.saveState(slot)).containsOnly(0);
            }
            engine.step(slots, new int[] {1, 2}, 2);
            fresh.step(slots, new int[] {1, 2}, 2);
            for (int slot : slots) {
                engine.logits(slot, logits, logits.length);
                fresh.logits(slot, expected, expected.length);
                assertThat(logits).isEqualTo(expected);
                assertThat(engine.saveState(slot)).isEqualTo(fresh.saveState(slot));
            }
        }
    }

    @Test
    void testEngineThatFailedIsNotReset() throws IOException {
        edit(json -> ((ObjectNode) json.get("shape")).put("vocabRows", 101));
        ModelDirectory edited = ModelDirectory.open(model.path());
        try (CpuEngine engine = CpuEngine.open(edited, OPTIONS)) {
            engine.step(new int[] {0}, new int[] {1}, 1);
            assertThat(engine.reset()).isTrue();
            assertThatThrownBy(() -> engine.step(new int[] {0}, new int[] {100}, 1))
                    .isInstanceOf(InferenceException.class);
            assertThat(engine.reset()).isFalse();
            engine.step(new int[] {0}, new int[] {1}, 1);
            assertThat(engine.reset()).isFalse();
        }
    }

    @Test
    void testArithmeticOfTheCallingThreadStaysAsJavaDemands() {
        double[] smallest = {Double.MIN_VALUE};
        try (CpuEngine engine = CpuEngine.open(model, OPTIONS)) {
            engine.step(new int[] {0}, new int[] {1}, 1);
            // The bits, because where subnormal numbers are zero they also compare as equal to it.
            assertThat(Double.doubleToRawLongBits(smallest[0] + smallest[0])).isEqualTo(2);
        }
    }

    @Test
    void testStepAllocatesLittle() {
        int[] slots = {2, 0};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (CpuEngine engine = CpuEngine.open(model, OPTIONS)) {
            for (int i = 0; i < 200; i++) {
                engine.step(slots, slots, 2);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                engine.step(slots, slots, 2);
            }
            long perStep = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
            assertThat(perStep).isLessThan(2_000);
        }
    }

    @Test
    void testFailedCallLeavesNoLogitsAndOtherStatesAlone() throws IOException {
        // Token 100 passes the check of arguments, but the graph has no row for it.
        edit(json -> ((ObjectNode) json.get("shape")).put("vocabRows", 101));
        ModelDirectory edited = ModelDirectory.open(model.path());
        try (CpuEngine engine = CpuEngine.open(edited, new EngineOptions(4, 1, false, false))) {
            for (int round = 0; round < 2; round++) {
                boolean prefill = round == 1;
                engine.step(new int[] {0, 1}, new int[] {1, 2}, 2);
                byte[] state = engine.saveState(0);
                assertThatThrownBy(
                                () -> {
                                    if (prefill) {
                                        engine.prefill(PromptPiece.cut(2, new int[] {5, 100}, 2));
                                    } else {
                                        engine.step(new int[] {1, 2}, new int[] {3, 100}, 2);
                                    }
                                })
                        .isInstanceOf(InferenceException.class);
                for (int slot = 0; slot < 4; slot++) {
                    int each = slot;
                    assertThatThrownBy(() -> engine.logits(each, new float[1], 1))
                            .isInstanceOf(IllegalStateException.class);
                }
                assertThat(engine.saveState(0)).isEqualTo(state);
            }
        }
    }

    @Test
    void testPrefillThatNeedsTooMuchMemoryChangesNothing() {
        int slots = 64;
        int[] tokens = new int[5_000_000];
        List<PromptPiece> pieces = new ArrayList<>(PromptPiece.cut(0, tokens, tokens.length));
        for (int slot = 1; slot < slots; slot++) {
            pieces.add(new PromptPiece(slot, tokens, 0, 1));
        }
        try (CpuEngine engine = CpuEngine.open(model, new EngineOptions(slots, 1, false, false))) {
            engine.step(new int[] {7, 3}, new int[] {1, 2}, 2);
            float[] logits = new float[90];
            engine.logits(3, logits, 90);
            byte[] state = engine.saveState(3);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.prefill(pieces))
                    .withMessageContaining("tokens of a prefill need 2560000000 bytes");
            float[] after = new float[90];
            engine.logits(3, after, 90);
            assertThat(after).isEqualTo(logits);
            assertThat(engine.saveState(3)).isEqualTo(state);
            assertThatThrownBy(() -> engine.logits(0, after, 1))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void testPrefillsTakeNoNewMemoryOutsideTheHeap() {
        BufferPoolMXBean direct =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .findFirst()
                        .orElseThrow();
        int[] tokens = new int[64];
        try (CpuEngine engine = CpuEngine.open(model, OPTIONS)) {
            engine.prefill(PromptPiece.cut(1, tokens, 64));
            long before = direct.getTotalCapacity();
            for (int length = 1; length <= 64; length++) {
                engine.prefill(List.of(new PromptPiece(1, tokens, 0, length)));
            }
            assertThat(direct.getTotalCapacity()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void testLongPromptsOfUnlikeLengths() {
        try (CpuEngine engine = CpuEngine.open(model, OPTIONS)) {
            int[] tokens = new int[3000];
            engine.prefill(
                    List.of(new PromptPiece(0, tokens, 0, 3000), new PromptPiece(2, tokens, 5, 6)));
            float[] one = new float[90];
            engine.logits(2, one, 90);
            engine.step(new int[] {1}, new int[] {0}, 1);
            float[] alone = new float[90];
            engine.logits(1, alone, 90);
            assertThat(one).isEqualTo(alone);
        }
    }

    @Test
    void testDamagedWeightFileIsRefused() throws IOException {
        Path weights = model.path().resolve("weights.bin");
        Files.write(weights, new byte[5000]);
        assertThatThrownBy(() -> ModelDirectory.open(model.path()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("weights.bin has 5000 bytes")
                .hasMessageContaining("export the model again");
        assertThatThrownBy(() -> CpuEngine.open(model, OPTIONS))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model.onnx can't be loaded");
    }

    @Test
    void testDamagedGraphIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(model.graph());
        Files.write(model.graph(), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> CpuEngine.open(model, OPTIONS))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model.onnx can't be loaded");
    }

    @Test
    void testGraphOfOtherSizesThanDescribedIsRefused() throws IOException {
        edit(json -> ((ObjectNode) json.get("shape")).put("layers", 3));
        assertRefused("input shift is [-1, 512]: model.json asks for [-1, 768]");
    }

    @Test
    void testHeadOfOtherSizeThanDescribedIsRefused() throws IOException {
        edit(json -> json.put("headRows", 80));
        assertRefused("output logits is [-1, 90]: model.json asks for [-1, 80]");
    }

    @Test
    void testImpossibleOptionsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineOptions(0, 1, true, true))
                .withMessageContaining("slots is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineOptions(1, 0, true, true))
                .withMessageContaining("threads is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> CpuEngine.open(model, new EngineOptions(1 << 30, 1, false, false)))
                .withMessageContaining("use fewer slots");
    }

    private void assertRefused(String message) throws IOException {
        ModelDirectory edited = ModelDirectory.open(model.path());
        assertThatThrownBy(() -> CpuEngine.open(edited, OPTIONS))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    private void edit(Consumer<ObjectNode> change) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path file = model.path().resolve("model.json");
        ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
        change.accept(json);
        mapper.writeValue(file.toFile(), json);
    }

    private static String numericsId(ModelDirectory model, EngineOptions options) {
        try (CpuEngine engine = CpuEngine.open(model, options)) {
            return engine.model().numericsId();
        }
    }
}
