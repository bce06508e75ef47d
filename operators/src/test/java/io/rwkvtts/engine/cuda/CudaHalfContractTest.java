package io.rwkvtts.engine.cuda;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceEngineContract;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** {@link CudaEngine} with 16-bit weights by the contract, on an emulated device. */
class CudaHalfContractTest extends InferenceEngineContract {

    @TempDir private static Path directory;
    private static CudaDevice device;
    private static ModelDirectory model;

    @BeforeAll
    static void exportModel() throws IOException {
        device = Emulation.device();
        ModelShape shape = ModelShape.proportioned(1, 64, 900, 800);
        model = CudaModels.export(shape, Quantization.FP16_CUDA, directory);
    }

    @Override
    protected InferenceEngine open(int slots) {
        return CudaEngine.open(model, new EngineOptions(slots, 1, false, false), device);
    }
}
