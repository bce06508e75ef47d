package io.rwkvtts.doctor;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.engine.cuda.CudaEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.OnnxUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Runs a small model with random weights on a CUDA device and on the CPU: both must come to the
 * same bits.
 */
final class DeviceTrial {

    private static final String NAME = "cuda engine";
    private static final int SLOTS = 8;
    private static final int STEPS = 8;
    private static final int TOKENS = 500;
    private static final ModelShape SHAPE = ModelShape.proportioned(3, 256, TOKENS, TOKENS);
    private static final EngineOptions OPTIONS = new EngineOptions(SLOTS, 1, false, true);

    private final Random random = new Random(1);
    private final InferenceEngine cpu;
    private final InferenceEngine cuda;

    private DeviceTrial(InferenceEngine cpu, InferenceEngine cuda) {
        this.cpu = cpu;
        this.cuda = cuda;
    }

    /**
     * Tries a device.
     *
     * @param opener opens it
     * @param directory for the model, empty
     */
    static Check of(Supplier<CudaDevice> opener, Path directory) throws IOException {
        Path file = directory.resolve("random.safetensors");
        RandomCheckpoint.write(file, SHAPE, TensorType.F32, 1);
        try (InferenceEngine cpu = CpuEngine.open(export(file, Quantization.INT8_NATIVE), OPTIONS);
                InferenceEngine cuda =
                        CudaEngine.open(
                                export(file, Quantization.INT8_CUDA), OPTIONS, opener.get())) {
            return new DeviceTrial(cpu, cuda).run();
        } catch (OnnxUnavailableException | InferenceException e) {
            return Check.bad(NAME, e.getMessage(), "take the CPU; please report this line");
        }
    }

    private static ModelDirectory export(Path file, Quantization quantization) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return ModelExporter.export(
                    checkpoint,
                    quantization,
                    ModelExporter.ALL_HEAD_ROWS,
                    Optional.empty(),
                    file.resolveSibling(quantization.label()));
        }
    }

    private Check run() {
        List<PromptPiece> prompts = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            int[] tokens = tokens(1 + 5 * slot);
            prompts.add(new PromptPiece(slot, tokens, 0, tokens.length));
        }
        cpu.prefill(prompts);
        cuda.prefill(prompts);
        int[] slots = IntStream.range(0, SLOTS).toArray();
        for (int step = 0; step < STEPS; step++) {
            for (int slot : slots) {
                if (!same(slot)) {
                    return Check.bad(
                            NAME,
                            "other bits than the CPU's after a prompt of %d tokens and %d steps"
                                    .formatted(prompts.get(slot).length(), step),
                            "take the CPU; please report this line");
                }
            }
            int[] tokens = tokens(SLOTS);
            cpu.step(slots, tokens, SLOTS);
            cuda.step(slots, tokens, SLOTS);
        }
        return Check.ok(
                NAME,
                "the CPU's bits: logits and states of %d prompts and %d steps"
                        .formatted(SLOTS, STEPS));
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, TOKENS).toArray();
    }

    private boolean same(int slot) {
        float[] expected = new float[TOKENS];
        float[] actual = new float[TOKENS];
        cpu.logits(slot, expected, TOKENS);
        cuda.logits(slot, actual, TOKENS);
        return Arrays.equals(expected, actual)
                && Arrays.equals(cpu.saveState(slot), cuda.saveState(slot));
    }
}
