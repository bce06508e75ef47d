package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteBlocksTest {

    @Test
    void testFourBytesOfEachColumnLieTogether() {
        int out = 33;
        byte[] turned = new byte[8 * out];
        for (int k = 0; k < 8; k++) {
            for (int n = 0; n < out; n++) {
                turned[k * out + n] = (byte) (10 * k + n);
            }
        }
        byte[] blocks = ByteBlocks.of(turned, out, 8);
        assertThat(blocks).hasSize(2 * 32 * 8);
        assertThat(blocks[0]).isEqualTo((byte) 0);
        assertThat(blocks[3]).isEqualTo((byte) 30);
        assertThat(blocks[4]).isEqualTo((byte) 1);
        // Row 5 of column 7: the second word of that column.
        assertThat(blocks[(32 + 7) * 4 + 1]).isEqualTo((byte) 57);
        // Row 5 of column 32: the first column of the second block; the others are padding.
        assertThat(blocks[256 + 32 * 4 + 1]).isEqualTo((byte) 82);
        assertThat(blocks[256 + 33 * 4 + 1]).isZero();
    }

    @Test
    void testFloatsLieInBlocksOfColumns() {
        float[] matrix = new float[2 * 64];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = i;
        }
        float[] blocks = ByteBlocks.of(matrix, 2, 64);
        assertThat(blocks[31]).isEqualTo(31);
        assertThat(blocks[32]).isEqualTo(64);
        assertThat(blocks[64]).isEqualTo(32);
        assertThat(blocks[96]).isEqualTo(96);
    }

    @Test
    void testSizesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> ByteBlocks.of(new byte[6], 1, 6))
                .hasMessage("expected an inner size in words of 4 bytes, not 6");
        assertThatThrownBy(() -> ByteBlocks.of(new float[33], 1, 33))
                .hasMessage("expected columns in blocks of 32, not 33");
    }
}
