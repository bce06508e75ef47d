package io.rwkvtts.engine;

import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelShape;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** {@link OnnxEngine} by the contract, in both precisions, with one and with two threads. */
class OnnxEngineContractTest {

    private static final Map<Quantization, ModelDirectory> MODELS =
            new EnumMap<>(Quantization.class);

    @TempDir private static Path directory;

    @BeforeAll
    static void exportModels() throws IOException {
        Path file =
                TestModels.randomCheckpoint(
                        directory.resolve("random.safetensors"),
                        ModelShape.proportioned(2, 768, 9000, 8193));
        for (Quantization quantization : Quantization.values()) {
            Path target = directory.resolve(quantization.label());
            MODELS.put(quantization, TestModels.export(file, quantization, target));
        }
    }

    private static InferenceEngine open(Quantization quantization, int slots, int threads) {
        return OnnxEngine.open(
                MODELS.get(quantization), new EngineOptions(slots, threads, false, false));
    }

    @Nested
    class FloatsWithOneThread extends InferenceEngineContract {
        @Override
        protected InferenceEngine open(int slots) {
            return OnnxEngineContractTest.open(Quantization.NONE, slots, 1);
        }
    }

    @Nested
    class FloatsWithTwoThreads extends InferenceEngineContract {
        @Override
        protected InferenceEngine open(int slots) {
            return OnnxEngineContractTest.open(Quantization.NONE, slots, 2);
        }
    }

    @Nested
    class Int8WithOneThread extends InferenceEngineContract {
        @Override
        protected InferenceEngine open(int slots) {
            return OnnxEngineContractTest.open(Quantization.INT8, slots, 1);
        }
    }

    @Nested
    class Int8WithTwoThreads extends InferenceEngineContract {
        @Override
        protected InferenceEngine open(int slots) {
            return OnnxEngineContractTest.open(Quantization.INT8, slots, 2);
        }
    }
}
