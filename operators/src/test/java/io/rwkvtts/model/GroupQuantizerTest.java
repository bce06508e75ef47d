package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rwkvtts.checkpoint.ModelFormatException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupQuantizerTest {

    @Test
    void testWeightsComeBackToAFewPercentOfTheLargestOfTheirGroup() {
        int rows = 5;
        int columns = 192;
        float[] matrix = new float[rows * columns];
        Random random = new Random(1);
        for (int i = 0; i < matrix.length; i++) {
            // Groups of very unlike sizes.
            matrix[i] = (float) (random.nextGaussian() * (1 + i / 64 % 3));
        }
        GroupQuantizer.Groups groups = GroupQuantizer.quantize(matrix, rows, columns);
        double squares = 0;
        double errors = 0;
        for (int i = 0; i < matrix.length; i++) {
            float back = value(groups, i, columns);
            errors += Math.pow(matrix[i] - back, 2);
            squares += Math.pow(matrix[i], 2);
        }
        // 4 bits of a normal distribution: about 20 dB.
        assertThat(10 * Math.log10(squares / errors)).isBetween(18.0, 24.0);
    }

    @Test
    void testWholeStepsComeBackExactly() {
        float[] matrix = new float[64];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (i % 16 - 8) * 0.25f;
        }
        GroupQuantizer.Groups groups = GroupQuantizer.quantize(matrix, 1, 64);
        for (int i = 0; i < matrix.length; i++) {
            assertThat(value(groups, i, 64)).isCloseTo(matrix[i], within(1e-6f));
        }
    }

    @Test
    void testRowsOfZerosAndOfTinyWeightsAreZeros() {
        float[] matrix = new float[2 * 64];
        matrix[64] = Float.MIN_VALUE;
        GroupQuantizer.Groups groups = GroupQuantizer.quantize(matrix, 2, 64);
        assertThat(groups.scales()).containsOnly(0);
        for (int i = 0; i < matrix.length; i++) {
            assertThat(value(groups, i, 64)).isZero();
        }
    }

    @Test
    void testAGroupOfZerosBesideOthersIsZeros() {
        float[] matrix = new float[128];
        matrix[100] = 1;
        GroupQuantizer.Groups groups = GroupQuantizer.quantize(matrix, 1, 128);
        for (int i = 0; i < 128; i++) {
            assertThat(value(groups, i, 128)).isCloseTo(matrix[i], within(0.01f));
        }
    }

    /** Factors first, then four lower nibbles and four upper ones of each column. */
    @Test
    void testBlocksHaveTheFactorsAndThenTheNibbles() {
        byte[] nibbles = new byte[33 * 64];
        byte[] factors = new byte[33];
        for (int n = 0; n < 33; n++) {
            factors[n] = (byte) (n % 16);
            for (int k = 0; k < 64; k++) {
                nibbles[n * 64 + k] = (byte) ((n + k) % 16);
            }
        }
        byte[] blocks = NibbleBlocks.of(new GroupQuantizer.Groups(nibbles, factors, null), 33, 64);
        assertThat(blocks).hasSize(2 * (32 + 32 * 32));
        assertThat(blocks[5]).isEqualTo((byte) 5);
        // Rows 10 and 14 of column 3: the second eight rows, the third byte of the column.
        assertThat(blocks[32 + 128 + 3 * 4 + 2]).isEqualTo((byte) ((17 % 16) << 4 | 13));
        // Column 32 is the first of the second block.
        assertThat(blocks[32 + 1024]).isEqualTo((byte) 0);
        assertThat(blocks[2 * 32 + 1024 + 1]).isEqualTo((byte) ((37 % 16) << 4 | 33 % 16));
    }

    @Test
    void testRowsInNoWholeGroupsAreRefused() {
        assertThatThrownBy(
                        () -> NibbleBlocks.of(GroupQuantizer.quantize(new float[96], 1, 96), 1, 96))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("4 bits take matrices with rows in groups of 64 weights, not of 96");
    }

    private static float value(GroupQuantizer.Groups groups, int i, int columns) {
        int row = i / columns;
        int group = row * GroupQuantizer.groups(columns) + i % columns / GroupQuantizer.GROUP;
        int integer = (groups.nibbles()[i] - GroupQuantizer.ZERO) * groups.factors()[group];
        assertThat(integer).isBetween(-128, 127);
        return integer * groups.scales()[row];
    }
}
