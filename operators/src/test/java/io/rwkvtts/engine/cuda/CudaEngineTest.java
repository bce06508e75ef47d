package io.rwkvtts.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.EngineSampler;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.SamplingPlace;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.OnnxRuntime;
import io.rwkvtts.onnx.OnnxUnavailableException;
import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link CudaEngine} on an emulated device: what it asks of the device, and its faults. */
class CudaEngineTest {

    private static final int LAYERS = 3;
    private static final int WIDTH = 128;
    private static final int HEAD_ROWS = 90;
    private static final int SLOTS = 5;
    private static final EngineOptions OPTIONS = new EngineOptions(SLOTS, 1, false, false);

    private static final EngineOptions DRAWING =
            new EngineOptions(SLOTS, 1, false, true, SamplingPlace.DEVICE);

    @TempDir private Path directory;
    private CudaDevice device;
    private ModelDirectory model;

    @BeforeEach
    void exportModel() throws IOException {
        device = Emulation.device();
        ModelShape shape = ModelShape.proportioned(LAYERS, WIDTH, 100, HEAD_ROWS);
        model = CudaModels.export(shape, Quantization.INT8_CUDA, directory);
    }

    @AfterEach
    void removeLimits() {
        Emulation.schedule(0);
    }

    /** What a step costs on a device is its launches; what it must not do is copy or allocate. */
    @Test
    void testStepLaunchesTenKernelsForEachLayerAndCopiesNothing() {
        try (CudaEngine engine = CudaEngine.open(model, OPTIONS, device)) {
            int[] slots = {4, 1, 3};
            int[] tokens = {7, 8, 9};
            engine.step(slots, tokens, 3);
            long launches = Emulation.launches();
            long graphs = Emulation.graphs();
            long copies = Emulation.copies();
            long allocations = Emulation.allocations();
            float[] logits = new float[HEAD_ROWS];
            for (int step = 0; step < 4; step++) {
                engine.step(slots, tokens, 3);
                engine.logits(3, logits, HEAD_ROWS);
            }
            assertThat(Emulation.launches() - launches).isEqualTo(4 * (10 * LAYERS + 4));
            assertThat(Emulation.graphs() - graphs).isEqualTo(device.isEmulated() ? 0 : 4);
            assertThat(Emulation.copies()).isEqualTo(copies);
            assertThat(Emulation.allocations()).isEqualTo(allocations);
        }
    }

    /** All rows at once, in one more launch; logits and tokens are neither copied nor allocated. */
    @Test
    void testTokensOfAStepAreDrawnByOneLaunch() {
        try (CudaEngine engine = CudaEngine.open(model, DRAWING, device)) {
            EngineSampler sampler = engine.sampler().orElseThrow();
            int[] slots = {4, 1, 3};
            int[] tokens = {7, 8, 9};
            long launches = Emulation.launches();
            long copies = Emulation.copies();
            long allocations = Emulation.allocations();
            for (int step = 0; step < 4; step++) {
                engine.step(slots, tokens, 3);
                for (int i = 0; i < 3; i++) {
                    sampler.put(i, slots[i], HEAD_ROWS, 5, SamplingParameters.SEMANTIC, 0.3 * i);
                }
                sampler.draw(3);
                for (int i = 0; i < 3; i++) {
                    tokens[i] = sampler.token(i);
                }
            }
            assertThat(Emulation.launches() - launches).isEqualTo(4 * (10 * LAYERS + 5));
            assertThat(Emulation.copies()).isEqualTo(copies);
            assertThat(Emulation.allocations()).isEqualTo(allocations);
        }
    }

    @Test
    void testTokensAreThoseOfTheHostAfterStepsAndPrompts() {
        Sampler host = new Sampler(HEAD_ROWS);
        float[] logits = new float[HEAD_ROWS];
        try (CudaEngine drawing = CudaEngine.open(model, DRAWING, device);
                CudaEngine engine = CudaEngine.open(model, OPTIONS, device)) {
            assertThat(engine.sampler()).isEmpty();
            EngineSampler sampler = drawing.sampler().orElseThrow();
            int[] prompt = {1, 2, 3, 4, 5, 6};
            List<PromptPiece> pieces =
                    List.of(new PromptPiece(3, prompt, 0, 6), new PromptPiece(0, prompt, 2, 5));
            drawing.prefill(pieces);
            engine.prefill(pieces);
            int[] slots = {0, 3};
            int[] tokens = new int[2];
            for (int step = 0; step < 30; step++) {
                double u = CounterRandom.uniform(1, 2, step);
                sampler.put(1, 3, HEAD_ROWS, Sampler.NONE, SamplingParameters.SEMANTIC, u);
                sampler.put(0, 0, 50, 7, SamplingParameters.GLOBAL, u);
                sampler.draw(2);
                engine.logits(0, logits, HEAD_ROWS);
                tokens[0] = host.sample(logits, 50, 7, SamplingParameters.GLOBAL, u);
                engine.logits(3, logits, HEAD_ROWS);
                tokens[1] =
                        host.sample(
                                logits, HEAD_ROWS, Sampler.NONE, SamplingParameters.SEMANTIC, u);
                assertThat(sampler.token(0)).isEqualTo(tokens[0]);
                assertThat(sampler.token(1)).isEqualTo(tokens[1]);
                drawing.step(slots, tokens, 2);
                engine.step(slots, tokens, 2);
            }
        }
    }

    @Test
    void testDrawThatCantBeLaunchedFails() {
        try (CudaEngine engine = CudaEngine.open(model, DRAWING, device)) {
            EngineSampler sampler = engine.sampler().orElseThrow();
            engine.step(new int[] {0}, new int[] {1}, 1);
            sampler.put(0, 0, HEAD_ROWS, Sampler.NONE, SamplingParameters.SEMANTIC, 0);
            Emulation.failAfter(0);
            assertThatThrownBy(() -> sampler.draw(1))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageStartingWith("tokens could not be drawn on the device");
        }
    }

    @Test
    void testStateOfASlotIsOneCopy() {
        try (CudaEngine engine = CudaEngine.open(model, OPTIONS, device)) {
            engine.step(new int[] {2}, new int[] {7}, 1);
            long copies = Emulation.copies();
            byte[] state = engine.saveState(2);
            assertThat(Emulation.copies() - copies).isOne();
            engine.loadState(0, state);
            assertThat(Emulation.copies() - copies).isEqualTo(2);
            assertThat(engine.saveState(0)).isEqualTo(state);
        }
    }

    @Test
    void testSelfTestPassesOnTheEmulatedDevice() {
        EngineOptions checked = new EngineOptions(SLOTS, 1, false, true);
        try (CudaEngine engine = CudaEngine.open(model, checked, device)) {
            assertThat(engine.slots()).isEqualTo(SLOTS);
        }
    }

    @Test
    void testPromptsOfAnyLengthFindRoom() {
        try (CudaEngine engine = CudaEngine.open(model, OPTIONS, device)) {
            for (int length : new int[] {1, 3, 40, 2}) {
                engine.prefill(List.of(new PromptPiece(1, new int[length], 0, length)));
                engine.step(new int[] {1}, new int[] {5}, 1);
            }
            byte[] pieces = engine.saveState(1);
            engine.clear(1);
            int[] all = new int[49];
            int position = 0;
            for (int length : new int[] {1, 3, 40, 2}) {
                position += length;
                if (position < all.length) {
                    all[position++] = 5;
                }
            }
            engine.prefill(List.of(new PromptPiece(1, all, 0, all.length)));
            engine.step(new int[] {1}, new int[] {5}, 1);
            assertThat(engine.saveState(1)).isEqualTo(pieces);
        }
    }

    /** Whoever samples refuses it; a model must not continue with noise. */
    @Test
    void testANumberThatIsNoneAnywhereInAStateShowsInTheLogits() {
        try (CudaEngine engine = CudaEngine.open(model, OPTIONS, device)) {
            engine.step(new int[] {0}, new int[] {7}, 1);
            byte[] state = engine.saveState(0);
            float[] logits = new float[HEAD_ROWS];
            int shifts = 2 * LAYERS * WIDTH;
            for (int place = 70; place < state.length / Float.BYTES; ) {
                for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                    byte[] broken = state.clone();
                    ByteBuffer.wrap(broken)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putFloat(Float.BYTES * place, value);
                    engine.loadState(0, broken);
                    engine.step(new int[] {0}, new int[] {8}, 1);
                    engine.logits(0, logits, HEAD_ROWS);
                    assertThat(logits).as("%s at %d", value, place).containsOnly(Float.NaN);
                }
                place += place < shifts ? WIDTH : 64 * 64;
            }
        }
    }

    @Test
    void testDeviceWithoutEnoughMemoryIsToldAtTheStart() {
        Emulation.limitMemory(100_000);
        assertThatThrownBy(() -> CudaEngine.open(model, OPTIONS, device))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("the model can't be loaded on " + device)
                .hasMessageContaining("memory");
        Emulation.limitMemory(Long.MAX_VALUE);
        CudaEngine.open(model, OPTIONS, device).close();
    }

    @Test
    void testKernelThatCantBeLaunchedFailsTheCall() {
        try (CudaEngine engine = CudaEngine.open(model, OPTIONS, device)) {
            Emulation.failAfter(7);
            assertThatThrownBy(() -> engine.step(new int[] {0}, new int[] {1}, 1))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("719");
            Emulation.schedule(0);
            engine.clear(0);
            engine.step(new int[] {0}, new int[] {1}, 1);
        }
        Emulation.failAfter(20);
        assertThatThrownBy(() -> CudaEngine.open(model, OPTIONS, device))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("719");
    }

    @Test
    void testModelsAreForTheirKindOfEngine() throws IOException {
        ModelShape shape = ModelShape.proportioned(LAYERS, WIDTH, 100, HEAD_ROWS);
        ModelDirectory floats = CudaModels.export(shape, Quantization.NONE, directory);
        assertThatThrownBy(() -> CudaEngine.open(floats, OPTIONS, device))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("none, which is not for CUDA devices");
        assertThatThrownBy(() -> CpuEngine.open(model, OPTIONS))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("for CUDA devices (int8-cuda)");
        assertThat(CpuEngine.supports(Quantization.INT8_CUDA)).isFalse();
    }

    @Test
    void testRealDeviceIsRefusedWithoutTheProvider() {
        assumeFalse(OnnxRuntime.providers().contains("CUDA"));
        assertThatThrownBy(() -> CudaDevice.open(0))
                .isInstanceOf(OnnxUnavailableException.class)
                .hasMessageContaining("onnxruntime_gpu");
    }
}
