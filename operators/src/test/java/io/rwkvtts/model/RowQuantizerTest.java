package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowQuantizerTest {

    @Test
    void testWeightsAreWithinHalfAScaleAndTheLargestIsKept() {
        int rows = 3;
        int columns = 200;
        float[] matrix = new float[rows * columns];
        Random random = new Random(2);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        RowQuantizer.Rows quantized = RowQuantizer.quantize(matrix, rows, columns);
        assertThat(quantized.scales()).hasSize(rows);
        assertThat(quantized.values()).hasSize(rows * columns);
        for (int row = 0; row < rows; row++) {
            int largest = 0;
            for (int column = 0; column < columns; column++) {
                float scale = quantized.scales()[row];
                int value = quantized.values()[column * rows + row];
                assertThat(value * scale)
                        .isCloseTo(matrix[row * columns + column], within(scale * 0.5001f));
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(largest).isEqualTo(127);
        }
    }

    @Test
    void testRowsOfZerosAndOfTheSmallestNumbersAreZeros() {
        float[] matrix = new float[128];
        Arrays.fill(matrix, 64, 128, Float.MIN_VALUE);
        RowQuantizer.Rows quantized = RowQuantizer.quantize(matrix, 2, 64);
        assertThat(quantized.values()).containsOnly(0);
        assertThat(quantized.scales()).containsExactly(0, 0);
    }
}
