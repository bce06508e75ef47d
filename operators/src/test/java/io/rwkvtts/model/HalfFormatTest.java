package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.checkpoint.HalfFloat;
import io.rwkvtts.checkpoint.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 16-bit weights in the file of a model. */
class HalfFormatTest {

    @TempDir private Path directory;

    @Test
    void testWeightsThatHalvesDoNotReachAreRefused() {
        assertThatCode(() -> HalfFormat.requireInRange("w", new float[] {-65504, 65519, 1e-9f}))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> HalfFormat.requireInRange("att.key", new float[] {1, -65520}))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                        "tensor att.key has a weight of -65520.0, and 16-bit floats end at 65504: take another quantisation");
    }

    /** Each thread of a warp finds its eight numbers in one place; the rest of a tile is zeros. */
    @Test
    void testTilesAreInTheOrderOfTheKernel() throws IOException {
        int out = 11;
        int in = 40;
        float[] matrix = new float[out * in];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = i + 1;
        }
        Path file = directory.resolve("weights");
        try (WeightFile weights = new WeightFile(file)) {
            CudaMatrices halves = new CudaHalfMatrices(new OnnxGraph(weights));
            halves.product(List.of("x"), "w", matrix, out, in);
            assertThat(halves.paddedRank(out)).isEqualTo(32);
        }
        ByteBuffer tiles = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(tiles.remaining()).isEqualTo(32 * 64 * Short.BYTES);
        for (int column = 0; column < 32; column++) {
            for (int k = 0; k < 64; k++) {
                int tile = column / 8 * 2 + k / 32;
                int thread = column % 8 * 4 + k % 32 / 8;
                short stored = tiles.getShort(Short.BYTES * (tile * 256 + thread * 8 + k % 8));
                float expected = column < out && k < in ? matrix[column * in + k] : 0;
                assertThat(HalfFloat.toFloat(stored))
                        .as("column %d, %d", column, k)
                        .isEqualTo(expected);
            }
        }
    }
}
