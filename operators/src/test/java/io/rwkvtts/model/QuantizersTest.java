package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ways to write weights as bytes: with a scale for each block of a row, or for each row. */
class QuantizersTest {

    private static final int BLOCK = 64;

    /** Weights as a model reads them: a number from −127 to 127 times the scale of its group. */
    private record Quantized(int[] values, float[] scales, int groupsOfRow) {}

    private enum Quantizer {
        BLOCKS {
            @Override
            Quantized quantize(float[] matrix, int rows, int columns) {
                BlockQuantizer.Blocks blocks = BlockQuantizer.quantize(matrix, rows, columns);
                int groups = (columns + BLOCK - 1) / BLOCK;
                int[] values = new int[rows * columns];
                for (int i = 0; i < values.length; i++) {
                    int stored = i / columns * groups * BLOCK + i % columns;
                    values[i] = (blocks.values()[stored] & 0xff) - 128;
                }
                return new Quantized(values, blocks.scales(), groups);
            }
        },
        ROWS {
            @Override
            Quantized quantize(float[] matrix, int rows, int columns) {
                RowQuantizer.Rows quantized = RowQuantizer.quantize(matrix, rows, columns);
                int[] values = new int[rows * columns];
                for (int i = 0; i < values.length; i++) {
                    values[i] = quantized.values()[i % columns * rows + i / columns];
                }
                return new Quantized(values, quantized.scales(), 1);
            }
        };

        abstract Quantized quantize(float[] matrix, int rows, int columns);
    }

    @ParameterizedTest
    @EnumSource(Quantizer.class)
    void testWeightsAreWithinHalfAScaleAndTheLargestIsKept(Quantizer quantizer) {
        int rows = 3;
        int columns = 200;
        float[] matrix = gaussians(rows * columns);
        Quantized quantized = quantizer.quantize(matrix, rows, columns);
        assertThat(quantized.scales()).hasSize(rows * quantized.groupsOfRow());
        int[] largest = new int[quantized.scales().length];
        for (int i = 0; i < matrix.length; i++) {
            int inRow = quantized.groupsOfRow() == 1 ? 0 : i % columns / BLOCK;
            int group = i / columns * quantized.groupsOfRow() + inRow;
            float scale = quantized.scales()[group];
            int value = quantized.values()[i];
            assertThat(value * scale).isCloseTo(matrix[i], within(scale * 0.5001f));
            largest[group] = Math.max(largest[group], Math.abs(value));
        }
        assertThat(largest).containsOnly(127);
    }

    @ParameterizedTest
    @EnumSource(Quantizer.class)
    void testZerosAndTheSmallestNumbersAreZeros(Quantizer quantizer) {
        float[] matrix = new float[128];
        Arrays.fill(matrix, 64, 128, Float.MIN_VALUE);
        Quantized quantized = quantizer.quantize(matrix, 2, 64);
        assertThat(quantized.values()).containsOnly(0);
        assertThat(quantized.scales()).containsExactly(0, 0);
    }

    @Test
    void testBlocksAreFilledUpWithZeros() {
        byte[] values = BlockQuantizer.quantize(gaussians(600), 3, 200).values();
        assertThat(values).hasSize(3 * 256);
        for (int row = 0; row < 3; row++) {
            assertThat(Arrays.copyOfRange(values, row * 256 + 200, row * 256 + 256))
                    .containsOnly(128);
        }
    }

    /** Bytes for every weight and no more. */
    @Test
    void testRowsHaveNoFilling() {
        assertThat(RowQuantizer.quantize(gaussians(600), 3, 200).values()).hasSize(600);
    }

    private static float[] gaussians(int count) {
        float[] numbers = new float[count];
        Random random = new Random(2);
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
