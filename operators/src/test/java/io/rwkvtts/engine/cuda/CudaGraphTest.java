package io.rwkvtts.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The graph for CUDA devices, a device emulated, against that of the native operators. */
class CudaGraphTest {

    @TempDir private Path directory;

    @Test
    void testStatesAndLogitsHaveTheBitsOfTheNativeOperators() throws Exception {
        Path file = directory.resolve("f.safetensors");
        ModelShape shape = new ModelShape(3, 192, 3, 64, 200, 300, 300, 24, 24, 600, 16);
        RandomCheckpoint.write(file, shape, TensorType.F32, 3);
        int[] slots = {4, 0, 2};
        Random random = new Random(1);
        int[][] prompts = {
            random.ints(9, 0, 300).toArray(),
            random.ints(1, 0, 300).toArray(),
            random.ints(23, 0, 300).toArray()
        };
        try (CpuEngine engine =
                        CpuEngine.open(
                                export(file, Quantization.INT8_NATIVE),
                                new EngineOptions(5, 1, false, false));
                EmulatedModel model =
                        new EmulatedModel(
                                export(file, Quantization.INT8_CUDA),
                                5,
                                engine.model().stateBytes())) {
            List<PromptPiece> pieces = new ArrayList<>();
            for (int i = 0; i < slots.length; i++) {
                pieces.add(new PromptPiece(slots[i], prompts[i], 0, prompts[i].length));
            }
            engine.prefill(pieces);
            assertSame(engine, model, slots, model.feed(slots, prompts));
            for (int step = 0; step < 3; step++) {
                int[] tokens = random.ints(3, 0, 300).toArray();
                engine.step(slots, tokens, 3);
                int[][] rows = {{tokens[0]}, {tokens[1]}, {tokens[2]}};
                assertSame(engine, model, slots, model.feed(slots, rows));
            }
        }
    }

    private ModelDirectory export(Path file, Quantization quantization) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return ModelExporter.export(
                    checkpoint,
                    quantization,
                    ModelExporter.ALL_HEAD_ROWS,
                    Optional.empty(),
                    directory.resolve(quantization.label()));
        }
    }

    private static void assertSame(
            CpuEngine engine, EmulatedModel model, int[] slots, float[][] logits) {
        for (int i = 0; i < slots.length; i++) {
            float[] expected = new float[engine.model().headRows()];
            engine.logits(slots[i], expected, expected.length);
            assertThat(logits[i]).containsExactly(expected);
            assertThat(model.state(slots[i])).isEqualTo(engine.saveState(slots[i]));
        }
    }
}
