package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockQuantizerTest {

    @Test
    void testWeightsAreWithinHalfAScaleAndTheLargestIsKept() {
        int rows = 3;
        int columns = 200;
        float[] matrix = new float[rows * columns];
        Random random = new Random(2);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        BlockQuantizer.Blocks blocks = BlockQuantizer.quantize(matrix, rows, columns);
        assertThat(blocks.scales()).hasSize(rows * 4);
        assertThat(blocks.values()).hasSize(rows * 4 * 64);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float scale = blocks.scales()[row * 4 + column / 64];
                int value = blocks.values()[row * 256 + column] & 0xff;
                assertThat((value - 128) * scale)
                        .isCloseTo(matrix[row * columns + column], within(scale * 0.5001f));
            }
            assertThat(Arrays.copyOfRange(blocks.values(), row * 256 + 200, row * 256 + 256))
                    .as("padding")
                    .containsOnly(128);
        }
        for (int block = 0; block < blocks.scales().length; block++) {
            int largest = 0;
            for (int i = 0; i < 64; i++) {
                int value = blocks.values()[block * 64 + i] & 0xff;
                largest = Math.max(largest, Math.abs(value - 128));
            }
            assertThat(largest).isEqualTo(127);
        }
    }

    @Test
    void testBlocksOfZerosAndOfTheSmallestNumbersAreZeros() {
        float[] matrix = new float[128];
        Arrays.fill(matrix, 64, 128, Float.MIN_VALUE);
        BlockQuantizer.Blocks blocks = BlockQuantizer.quantize(matrix, 1, 128);
        assertThat(blocks.values()).containsOnly(128);
        assertThat(blocks.scales()).containsExactly(0, 0);
    }
}
