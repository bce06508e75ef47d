package io.rwkvtts.bench.engine;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.local.RandomModel;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.protocol.IdSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A model to measure.
 *
 * @param shape its name, as the user gave it
 * @param quantize its number format, {@code fp32} for none
 * @param directory where it lies
 */
public record BenchModel(String shape, String quantize, ModelDirectory directory) {

    /** The name of {@link Quantization#NONE} in results. */
    public static final String FP32 = "fp32";

    /**
     * Opens a model in each of some formats; those of a checkpoint or with random weights are made
     * on first use.
     *
     * @param name of a {@link RandomModel}, or path of a checkpoint or model directory
     * @param formats empty for the one of a model directory, and all that this build supports of a
     *     checkpoint
     * @throws IllegalArgumentException if the model can't be used, or not in these formats
     */
    public static List<BenchModel> open(String name, List<Quantization> formats, ModelCache cache)
            throws IOException {
        Optional<RandomModel> random = RandomModel.named(name);
        Path path = random.isPresent() ? random.get().checkpoint(cache) : Path.of(name);
        if (formats.isEmpty() && ModelDirectory.isModelDirectory(path)) {
            return List.of(of(name, ModelDirectory.open(path)));
        }
        List<BenchModel> models = new ArrayList<>();
        for (Quantization format : orAll(formats)) {
            models.add(of(name, open(path, format, cache)));
        }
        return models;
    }

    private static ModelDirectory open(Path path, Quantization format, ModelCache cache)
            throws IOException {
        if (ModelDirectory.isModelDirectory(path)) {
            return cache.open(path, Optional.of(format), 1);
        }
        int rows;
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            rows = checkpoint.shape().headRows();
        }
        return cache.open(
                path,
                Optional.of(format),
                rows > IdSpace.SEMANTIC_LOGITS
                        ? IdSpace.SEMANTIC_LOGITS
                        : ModelExporter.ALL_HEAD_ROWS);
    }

    /**
     * Opens a checkpoint as 32-bit floats and then in each of some formats.
     *
     * @param formats empty for all that this build supports
     * @throws IllegalArgumentException if the model can't be used, or not in these formats
     */
    public static List<BenchModel> openWithExact(
            String name, List<Quantization> formats, ModelCache cache) throws IOException {
        List<Quantization> all = new ArrayList<>(List.of(Quantization.NONE));
        orAll(formats).stream().filter(format -> format != Quantization.NONE).forEach(all::add);
        return open(name, all, cache);
    }

    private static List<Quantization> orAll(List<Quantization> formats) {
        return formats.isEmpty()
                ? Arrays.stream(Quantization.values())
                        .filter(CpuEngine::supports)
                        // Its steps are those of NONE.
                        .filter(format -> format != Quantization.FP16)
                        .toList()
                : formats;
    }

    private static BenchModel of(String name, ModelDirectory directory) {
        return new BenchModel(name, label(directory.quantization()), directory);
    }

    /** Bytes of the weights that a step reads. */
    long weightBytes() {
        return directory.quantization().stepWeightBytes(directory.shape(), directory.headRows());
    }

    /** The name of a format in results. */
    public static String label(Quantization format) {
        return format == Quantization.NONE ? FP32 : format.label();
    }

    @Override
    public String toString() {
        return shape + " " + quantize;
    }
}
