package io.rwkvtts.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link BatchInvariance}. */
class InvarianceCheckTest {

    @TempDir private Path directory;
    private InferenceEngine engine;

    @BeforeEach
    void open() throws IOException {
        BenchModel model =
                BenchModel.open(
                                "random:1x64",
                                List.of(Quantization.INT8),
                                new ModelCache(directory))
                        .get(0);
        engine = CpuEngine.open(model.directory(), new EngineOptions(12, 1, false, false));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void testHoldsForTheRealEngine() {
        for (int batch : new int[] {1, 2, 9, 12}) {
            assertThat(new BatchInvariance(engine).holds(batch)).as("batch %d", batch).isTrue();
        }
    }

    @Test
    void testTheLastBitOfTheLastRowOfABatchIsFound() {
        InferenceEngine broken = withLastRowOff(engine, 9);

        assertThat(new BatchInvariance(broken).holds(8)).isTrue();
        assertThat(new BatchInvariance(broken).holds(9)).isFalse();
    }

    /** An engine that computes the last row of batches of one size otherwise. */
    private static InferenceEngine withLastRowOff(InferenceEngine engine, int batch) {
        int[] latestBatch = new int[1];
        return (InferenceEngine)
                Proxy.newProxyInstance(
                        InferenceEngine.class.getClassLoader(),
                        new Class<?>[] {InferenceEngine.class},
                        (proxy, method, arguments) -> {
                            Object result = method.invoke(engine, arguments);
                            if (method.getName().equals("step")) {
                                latestBatch[0] = (int) arguments[2];
                            } else if (method.getName().equals("logits")
                                    && latestBatch[0] == batch
                                    && (int) arguments[0] == batch - 1) {
                                float[] logits = (float[]) arguments[1];
                                logits[7] = Math.nextUp(logits[7]);
                            }
                            return result;
                        });
    }
}
