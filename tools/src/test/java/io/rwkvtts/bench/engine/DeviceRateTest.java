package io.rwkvtts.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.cuda.CudaModels;
import io.rwkvtts.engine.cuda.Emulation;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step on a device is held against. */
class DeviceRateTest {

    @TempDir private Path directory;

    @Test
    void testMemoryIsMeasured() {
        assertThat(DeviceRate.gigabytesPerSecond(Emulation.device(), 1 << 22, 3))
                .isBetween(0.01, 100_000.0);
    }

    /** 16-bit weights are half of 32-bit ones; each state is read and written. */
    @Test
    void testLeastTimeOfAStepIsThatOfItsBytes() throws IOException {
        ModelShape shape = ModelShape.proportioned(2, 128, 100, 90);
        ModelDirectory model = CudaModels.export(shape, Quantization.FP16_CUDA, directory);
        BenchModel bench = new BenchModel("small", "fp16-cuda", model);
        long floats = Quantization.NONE.stepWeightBytes(shape, 90);
        assertThat(bench.weightBytes()).isBetween(floats / 2, floats * 2 / 3);
        double one = DeviceTables.leastMs(bench, 1, 2);
        double three = DeviceTables.leastMs(bench, 3, 2);
        long stateBytes = 2L * 128 * (2 + 64) * Float.BYTES;
        assertThat(three - one).isCloseTo(2 * stateBytes * 2 / 2e6, within(1e-9));
        assertThat(one).isCloseTo((bench.weightBytes() + 2 * stateBytes) / 2e6, within(1e-9));
    }
}
