package io.rwkvtts.engine;

import com.sun.management.ThreadMXBean;
import io.rwkvtts.model.Checkpoint;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.ModelShape;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.model.RandomCheckpoint;
import io.rwkvtts.model.TensorType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Prints what exporting, opening, stepping and prefilling cost with random weights. Arguments:
 * layers, width, quantisation, threads, working directory (the model is kept there).
 *
 * <p>Times of calls are the 10th percentile, since other processes only ever add to them.
 */
final class EngineBenchmark {

    private static final int HEAD_ROWS = 8193;
    private static final int SLOTS = 32;

    private EngineBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        ModelShape shape =
                ModelShape.proportioned(
                        Integer.parseInt(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        12_686,
                        HEAD_ROWS);
        Quantization quantization = Quantization.ofLabel(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        ModelDirectory model = model(shape, quantization, Path.of(arguments[4]));

        for (boolean selfTest : new boolean[] {false, true, false}) {
            long start = System.nanoTime();
            OnnxEngine.open(model, new EngineOptions(SLOTS, threads, true, selfTest)).close();
            print("open, self-test " + selfTest, millis(start));
        }
        try (OnnxEngine engine =
                OnnxEngine.open(model, new EngineOptions(SLOTS, threads, true, false))) {
            for (int batch : new int[] {1, 2, 4, 8, 16, 32}) {
                int[] slots = IntStream.range(0, batch).toArray();
                int[] tokens = IntStream.range(100, 100 + batch).toArray();
                print("step of " + batch, tenth(() -> engine.step(slots, tokens, batch)));
            }
            print("bytes allocated per step of 8", bytesPerStep(engine));
            int[] prompt = IntStream.range(0, 128).toArray();
            List<PromptPiece> pieces = List.of(new PromptPiece(0, prompt, 0, prompt.length));
            print("prefill of 128", tenth(() -> engine.prefill(pieces)));
            float[] logits = new float[HEAD_ROWS];
            print("logits of 1", tenth(() -> engine.logits(0, logits, HEAD_ROWS)));
        }
    }

    private static ModelDirectory model(ModelShape shape, Quantization quantization, Path directory)
            throws IOException {
        String name = shape.layers() + "x" + shape.width();
        Path file = directory.resolve(name + ".safetensors");
        Path target = directory.resolve(name + "-" + quantization);
        if (Files.exists(target)) {
            return ModelDirectory.open(target);
        }
        if (!Files.exists(file)) {
            RandomCheckpoint.write(file, shape, TensorType.F16, 1);
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            long start = System.nanoTime();
            checkpoint.weightsId();
            print("weights id", millis(start));
            start = System.nanoTime();
            ModelDirectory model =
                    ModelExporter.export(
                            checkpoint, quantization, HEAD_ROWS, Optional.empty(), target);
            print("export", millis(start));
            return model;
        }
    }

    private static double tenth(Runnable call) {
        for (int i = 0; i < 20; i++) {
            call.run();
        }
        double[] times = new double[150];
        for (int i = 0; i < times.length; i++) {
            long start = System.nanoTime();
            call.run();
            times[i] = millis(start);
        }
        Arrays.sort(times);
        return times[times.length / 10];
    }

    private static double bytesPerStep(OnnxEngine engine) {
        int[] slots = IntStream.range(0, 8).toArray();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int steps = 100;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < steps; i++) {
            engine.step(slots, slots, slots.length);
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / steps;
    }

    private static double millis(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static void print(String what, double value) {
        System.out.printf("%-32s %10.2f%n", what, value);
    }
}
