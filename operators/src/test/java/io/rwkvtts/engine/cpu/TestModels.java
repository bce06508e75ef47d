package io.rwkvtts.engine.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Exported models for tests. */
final class TestModels {

    private TestModels() {}

    /** Skips the test where this build lacks what the form of a model needs. */
    static void assumeOperators(Quantization quantization) {
        assumeTrue(
                CpuEngine.supports(quantization),
                "built without a C++ compiler: no native operators");
    }

    /** Writes a checkpoint with random weights, always the same for a shape. */
    static Path randomCheckpoint(Path file, ModelShape shape) throws IOException {
        RandomCheckpoint.write(file, shape, TensorType.F32, 3);
        return file;
    }

    /** Exports a checkpoint with all its head rows to {@code target}. */
    static ModelDirectory export(Path file, Quantization quantization, Path target)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return ModelExporter.export(
                    checkpoint,
                    quantization,
                    ModelExporter.ALL_HEAD_ROWS,
                    Optional.empty(),
                    target);
        }
    }
}
