package io.rwkvtts.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.ReferenceForward;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 16-bit weights on an emulated device. */
class CudaHalfTest {

    /** Ranks, the width of the channel mix and the head are no whole tiles. */
    private static final ModelShape SHAPE =
            new ModelShape(2, 128, 2, 64, 200, 300, 99, 24, 24, 72, 16);

    /** Of logits up to some 5, and of states: what the rounding of 32-bit floats leaves. */
    private static final double TOLERANCE = 1e-4;

    /** Kernels of a step: of each layer, and of embedding, last norm and head. */
    private static final int OF_LAYER = 8;

    private static final int OF_ENDS = 3;

    @TempDir private Path directory;
    private CudaDevice device;
    private Path checkpoint;

    /** Its weights are 16-bit floats already. */
    @BeforeEach
    void writeCheckpoint() throws IOException {
        device = Emulation.device();
        checkpoint = directory.resolve("random.safetensors");
        RandomCheckpoint.write(checkpoint, SHAPE, TensorType.F16, 3);
    }

    @AfterEach
    void resetSchedule() {
        Emulation.schedule(0);
    }

    private CudaEngine open(int slots, boolean selfTest) throws IOException {
        return CudaEngine.open(
                CudaModels.export(checkpoint, Quantization.FP16_CUDA, directory),
                new EngineOptions(slots, 1, false, selfTest),
                device);
    }

    private static PromptPiece whole(int slot, int[] prompt) {
        return new PromptPiece(slot, prompt, 0, prompt.length);
    }

    private static float[] logits(InferenceEngine engine, int slot) {
        float[] logits = new float[engine.model().headRows()];
        engine.logits(slot, logits, logits.length);
        return logits;
    }

    @Test
    void testLogitsAgreeWithTheReferenceInDoublePrecision() throws IOException {
        Random random = new Random(1);
        int[] slots = {4, 0, 2};
        int[][] prompts = new int[slots.length][];
        List<PromptPiece> pieces = new ArrayList<>();
        for (int i = 0; i < slots.length; i++) {
            prompts[i] = random.ints(1 + 11 * i, 0, 300).toArray();
            pieces.add(whole(slots[i], prompts[i]));
        }
        int[] next = random.ints(slots.length, 0, 300).toArray();
        try (CudaEngine engine = open(5, true)) {
            engine.prefill(pieces);
            engine.step(slots, next, slots.length);
            for (int i = 0; i < slots.length; i++) {
                ReferenceForward reference;
                try (Checkpoint opened = Checkpoint.open(checkpoint)) {
                    reference = new ReferenceForward(opened);
                }
                for (int token : prompts[i]) {
                    reference.feed(token);
                }
                double[] expected = reference.feed(next[i]);
                float[] row = logits(engine, slots[i]);
                double[] actual = IntStream.range(0, row.length).mapToDouble(n -> row[n]).toArray();
                assertThat(actual).containsExactly(expected, within(TOLERANCE));
            }
        }
    }

    /** As at a restore on the other side: the state goes on, the numbers are close. */
    @Test
    void testStatesGoOnFromTheCpuToTheDeviceAndBack() throws IOException {
        try (CpuEngine cpu =
                        CpuEngine.open(
                                CudaModels.export(checkpoint, Quantization.FP16, directory),
                                new EngineOptions(2, 1, false, true));
                CudaEngine cuda = open(2, false)) {
            InferenceEngine[] engines = {cpu, cuda, cpu, cuda};
            byte[] state = new byte[cpu.model().stateBytes()];
            for (int token = 0; token < engines.length; token++) {
                engines[token].loadState(1, state);
                engines[token].step(new int[] {1}, new int[] {token}, 1);
                state = engines[token].saveState(1);
                cpu.step(new int[] {0}, new int[] {token}, 1);
            }
            assertThat(cuda.model().weightsId()).isEqualTo(cpu.model().weightsId());
            assertThat(cuda.model().numericsId()).isNotEqualTo(cpu.model().numericsId());
            assertThat(logits(cuda, 1)).containsExactly(logits(cpu, 0), within((float) TOLERANCE));
        }
    }

    /** Batches of 1, 2 to 4, 5 to 16 and more have kernels of their own. */
    @Test
    void testRowHasTheSameBitsInEveryClassAndSchedule() throws IOException {
        int slots = 33;
        int[] prompt = {5, 6, 7, 8, 9};
        try (CudaEngine engine = open(slots, true)) {
            engine.prefill(List.of(whole(0, prompt)));
            byte[] begun = engine.saveState(0);
            engine.step(new int[] {0}, new int[] {11}, 1);
            float[] expected = logits(engine, 0);
            byte[] state = engine.saveState(0);
            int schedule = 0;
            for (int batch : new int[] {2, 3, 5, 16, 17, slots}) {
                Emulation.schedule(schedule++);
                int[] rows = IntStream.range(0, batch).toArray();
                int[] tokens = new Random(batch).ints(batch, 0, 300).toArray();
                int place = batch - 1;
                tokens[place] = 11;
                engine.loadState(place, begun);
                engine.step(rows, tokens, batch);
                assertThat(logits(engine, place)).as("batch %d", batch).containsExactly(expected);
                assertThat(engine.saveState(place)).as("batch %d", batch).isEqualTo(state);
            }
        }
    }

    @Test
    void testStepLaunchesEightKernelsForEachLayerAndCopiesNothing() throws IOException {
        try (CudaEngine engine = open(5, false)) {
            int[] slots = {4, 1, 3};
            int[] tokens = {7, 8, 9};
            engine.step(slots, tokens, 3);
            long launches = Emulation.launches();
            long graphs = Emulation.graphs();
            long copies = Emulation.copies();
            long allocations = Emulation.allocations();
            for (int step = 0; step < 4; step++) {
                engine.step(slots, tokens, 3);
            }
            assertThat(Emulation.launches() - launches)
                    .isEqualTo(4L * (OF_LAYER * SHAPE.layers() + OF_ENDS));
            assertThat(Emulation.graphs() - graphs).isEqualTo(device.isEmulated() ? 0 : 4);
            assertThat(Emulation.copies()).isEqualTo(copies);
            assertThat(Emulation.allocations()).isEqualTo(allocations);
        }
    }

    /** A model must not continue with noise. */
    @Test
    void testNumberThatIsNoneInAStateShowsInTheLogits() throws IOException {
        try (CudaEngine engine = open(1, false)) {
            byte[] state = new byte[engine.model().stateBytes()];
            Arrays.fill(state, 0, 4, (byte) 0xff);
            engine.loadState(0, state);
            engine.step(new int[] {0}, new int[] {1}, 1);
            assertThat(logits(engine, 0)).containsOnly(Float.NaN);
        }
    }
}
