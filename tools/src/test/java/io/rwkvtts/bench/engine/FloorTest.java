package io.rwkvtts.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Floor}. */
class FloorTest {

    /** Reads 1 byte, multiplies 1000 integers or 10 floats, in a nanosecond. */
    private static final Machine MACHINE = new Machine(1, 1, List.of(), 1000, 500, 10, 60, 60);

    private static final double WIDTH = 128;
    private static final double LARGE = 2 * (4 * WIDTH * WIDTH + 2 * WIDTH * 4 * WIDTH);
    private static final double HEAD = 8193 * WIDTH;

    /** Ranks 16, 16, 32 in both layers, 8 in the second one only; two matrices each. */
    private static final double LOW_RANK = 2 * WIDTH * (2 * (16 + 16 + 32) + 8);

    @TempDir private Path directory;

    @Test
    void testWeightsAreReadOnceAndMultipliedWithEveryToken() throws IOException {
        ModelDirectory model = model(Quantization.INT8);
        Floor step = Floor.of(model, 5, 5, MACHINE);

        assertThat(step.bandwidthMs())
                .isEqualTo(Quantization.INT8.weights().stepWeightBytes(model.shape(), 8193) / 1e6);
        assertThat(step.operationsMs())
                .isEqualTo(
                        2 * 5 * ((LARGE + HEAD + LOW_RANK / 2) / 1000 + LOW_RANK / 2 / 10) / 1e6,
                        offset(1e-9));
        assertThat(step.stateMs())
                .isEqualTo(2 * 5 * 4 * 2 * (2 * WIDTH + 64 * WIDTH) / 1e6, offset(1e-9));
        assertThat(step.totalMs())
                .isEqualTo(Math.max(step.bandwidthMs(), step.operationsMs()) + step.stateMs());
    }

    @Test
    void testTheHeadOfAPromptIsMultipliedOnce() throws IOException {
        Floor prompt = Floor.of(model(Quantization.NONE), 1, 100, MACHINE);

        assertThat(prompt.operationsMs())
                .isEqualTo(2 * (100 * (LARGE + LOW_RANK) + HEAD) / 10 / 1e6, offset(1e-9));
    }

    @Test
    void testWeightsThatACacheHoldsAreReadAtItsRate() throws IOException {
        ModelDirectory model = model(Quantization.INT8);
        long bytes = Quantization.INT8.weights().stepWeightBytes(model.shape(), 8193);
        Machine cached = new Machine(1, 1, List.of(new ReadRate(bytes, 4)), 1000, 500, 10, 60, 60);

        assertThat(Floor.of(model, 1, 1, cached).bandwidthMs()).isEqualTo(bytes / 4e6);
        assertThat(Floor.of(model, 1, 1, MACHINE).bandwidthMs()).isEqualTo(bytes / 1e6);
    }

    private ModelDirectory model(Quantization format) throws IOException {
        return BenchModel.open("random:2x128", List.of(format), new ModelCache(directory))
                .get(0)
                .directory();
    }
}
