package io.rwkvtts.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.model.MatMulModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link MatMulRate}. */
class MatMulRateTest {

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(MatMulModel.Format.class)
    void testEveryFormatIsMultiplied(MatMulModel.Format format) throws IOException {
        MatMulModel model = new MatMulModel(format, 64, 256, 512);

        assertThat(model.operations()).isEqualTo(2L * 64 * 256 * 512);
        try (MatMulRate rate = new MatMulRate(model, directory, 1)) {
            double best = 0;
            for (int i = 0; i < 20; i++) {
                best = Math.max(best, rate.gopPerSecond());
            }
            // Any processor that ONNX Runtime runs on does more, and none of today so much.
            assertThat(best).isBetween(0.1, 1e6);
        }
    }
}
