package io.rwkvtts.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model on an emulated device, against the native operators of the CPU. */
class CudaGraphTest {

    private static final EngineOptions OPTIONS = new EngineOptions(5, 1, false, true);
    private static final int[] SLOTS = {4, 0, 2};

    /** Ranks, the width of the channel mix and the head are no whole tiles. */
    private static final ModelShape SHAPE =
            new ModelShape(3, 192, 3, 64, 200, 300, 299, 24, 24, 600, 16);

    @TempDir private Path directory;

    @Test
    void testStatesAndLogitsHaveTheBitsOfTheCpu() throws Exception {
        CudaDevice device = Emulation.device();
        Random random = new Random(1);
        try (CpuEngine cpu =
                        CpuEngine.open(
                                CudaModels.export(SHAPE, Quantization.INT8_NATIVE, directory),
                                OPTIONS);
                CudaEngine cuda =
                        CudaEngine.open(
                                CudaModels.export(SHAPE, Quantization.INT8_CUDA, directory),
                                OPTIONS,
                                device)) {
            List<PromptPiece> pieces = new ArrayList<>();
            for (int i = 0; i < SLOTS.length; i++) {
                int[] prompt = random.ints(1 + 11 * i, 0, 300).toArray();
                pieces.add(new PromptPiece(SLOTS[i], prompt, 0, prompt.length));
            }
            cpu.prefill(pieces);
            cuda.prefill(pieces);
            assertSame(cpu, cuda);
            for (int schedule = 0; schedule < Emulation.SCHEDULES; schedule++) {
                Emulation.schedule(schedule);
                int[] tokens = random.ints(3, 0, 300).toArray();
                cpu.step(SLOTS, tokens, 3);
                cuda.step(SLOTS, tokens, 3);
                assertSame(cpu, cuda);
            }
        }
    }

    @Test
    void testStateGoesOnFromTheCpuToTheDeviceAndBack() throws Exception {
        CudaDevice device = Emulation.device();
        try (CpuEngine cpu =
                        CpuEngine.open(
                                CudaModels.export(SHAPE, Quantization.INT8_NATIVE, directory),
                                OPTIONS);
                CudaEngine cuda =
                        CudaEngine.open(
                                CudaModels.export(SHAPE, Quantization.INT8_CUDA, directory),
                                OPTIONS,
                                device)) {
            InferenceEngine[] engines = {cpu, cuda, cpu, cuda};
            byte[] state = new byte[cpu.model().stateBytes()];
            for (int token = 0; token < engines.length; token++) {
                engines[token].loadState(3, state);
                engines[token].step(new int[] {3}, new int[] {token}, 1);
                state = engines[token].saveState(3);
                cpu.step(new int[] {1}, new int[] {token}, 1);
            }
            assertThat(state).isEqualTo(cpu.saveState(1));
        }
    }

    private static void assertSame(InferenceEngine expected, InferenceEngine actual) {
        int headRows = expected.model().headRows();
        for (int slot : SLOTS) {
            float[] expectedLogits = new float[headRows];
            float[] logits = new float[headRows];
            expected.logits(slot, expectedLogits, headRows);
            actual.logits(slot, logits, headRows);
            assertThat(logits).containsExactly(expectedLogits);
            assertThat(actual.saveState(slot)).isEqualTo(expected.saveState(slot));
        }
    }
}
