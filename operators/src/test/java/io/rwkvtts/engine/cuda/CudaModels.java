package io.rwkvtts.engine.cuda;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A model with random weights, exported for a device and for the CPU. */
public final class CudaModels {

    private CudaModels() {}

    /** Exports the model of a shape into a directory. */
    public static ModelDirectory export(ModelShape shape, Quantization quantization, Path directory)
            throws IOException {
        Path file = directory.resolve("random.safetensors");
        if (!Files.exists(file)) {
            RandomCheckpoint.write(file, shape, TensorType.F32, 3);
        }
        return export(file, quantization, directory);
    }

    /** Exports a checkpoint into a directory. */
    public static ModelDirectory export(Path file, Quantization quantization, Path directory)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return ModelExporter.export(
                    checkpoint,
                    quantization,
                    ModelExporter.ALL_HEAD_ROWS,
                    Optional.empty(),
                    directory.resolve(quantization.label()));
        }
    }
}
