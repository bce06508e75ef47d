package io.rwkvtts.engine.device;

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
import io.rwkvtts.model.WeightFormat;
import io.rwkvtts.onnx.CudaDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Runs a small model with random weights on a CUDA device and on the CPU, which must come to the
 * same numbers: to the same bits with 8-bit weights, to within {@value #TOLERANCE} with 16-bit
 * ones. Takes a second or two.
 */
public final class DeviceTrial {

    private static final int SLOTS = 8;
    private static final int STEPS = 8;
    private static final int TOKENS = 500;
    private static final ModelShape SHAPE = ModelShape.proportioned(2, 128, TOKENS, TOKENS);
    private static final EngineOptions OPTIONS = new EngineOptions(SLOTS, 1, false, true);

    /** Of logits up to some 5: what two orders of the same sums of 32-bit floats leave. */
    private static final float TOLERANCE = 1e-3f;

    private final Random random = new Random(1);
    private final InferenceEngine cpu;
    private final InferenceEngine cuda;
    private final float tolerance;

    private DeviceTrial(InferenceEngine cpu, InferenceEngine cuda, float tolerance) {
        this.cpu = cpu;
        this.cuda = cuda;
        this.tolerance = tolerance;
    }

    /**
     * Compares a device with the CPU.
     *
     * @param device of the calling thread
     * @param form for CUDA devices
     * @return how the device differs; nothing if it does not, or the CPU has no operators with the
     *     numbers of that form
     * @throws InferenceException if the device does not run the small model
     * @throws IOException if the small model can't be written as temporary files
     */
    public static Optional<String> of(CudaDevice device, Quantization form) throws IOException {
        Quantization onCpu =
                form.weights() == WeightFormat.HALVES
                        ? Quantization.FP16
                        : Quantization.INT8_NATIVE;
        if (!CpuEngine.supports(onCpu)) {
            return Optional.empty();
        }
        Path directory = Files.createTempDirectory("device-trial");
        try {
            Path file = directory.resolve("random.safetensors");
            RandomCheckpoint.write(file, SHAPE, TensorType.F32, 1);
            return compare(
                    export(file, onCpu), export(file, form), device, tolerance(form.weights()));
        } finally {
            ModelExporter.delete(directory);
        }
    }

    private static float tolerance(WeightFormat weights) {
        return weights.integers() ? 0 : TOLERANCE;
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

    /** How a model on a device differs from one on the CPU. */
    static Optional<String> compare(
            ModelDirectory onCpu, ModelDirectory onDevice, CudaDevice device, float tolerance) {
        try (InferenceEngine cpu = CpuEngine.open(onCpu, OPTIONS);
                InferenceEngine cuda = CudaEngine.open(onDevice, OPTIONS, device)) {
            return new DeviceTrial(cpu, cuda, tolerance).run();
        }
    }

    private Optional<String> run() {
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
                    return Optional.of(
                            "other numbers than the CPU's after a prompt of %d tokens and %d steps"
                                    .formatted(prompts.get(slot).length(), step));
                }
            }
            int[] tokens = tokens(SLOTS);
            cpu.step(slots, tokens, SLOTS);
            cuda.step(slots, tokens, SLOTS);
        }
        return Optional.empty();
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, TOKENS).toArray();
    }

    private boolean same(int slot) {
        float[] expected = new float[TOKENS];
        float[] actual = new float[TOKENS];
        cpu.logits(slot, expected, TOKENS);
        cuda.logits(slot, actual, TOKENS);
        for (int i = 0; i < TOKENS; i++) {
            // Not so for what is no number.
            if (!(Math.abs(expected[i] - actual[i]) <= tolerance)) {
                return false;
            }
        }
        return true;
    }
}
