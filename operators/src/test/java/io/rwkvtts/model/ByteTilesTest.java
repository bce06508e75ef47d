package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteTilesTest {

    @Test
    void testEachThreadHasTwoColumnsOfFourAndFour() {
        byte[] turned = new byte[32 * 16];
        for (int k = 0; k < 32; k++) {
            for (int n = 0; n < 16; n++) {
                turned[k * 16 + n] = (byte) (k * 16 + n);
            }
        }
        byte[] tiles = ByteTiles.of(turned, 16, 32);
        assertThat(tiles).hasSize(512);
        int thread = 4 * 5 + 2;
        int[] inner = {8, 9, 10, 11, 24, 25, 26, 27};
        for (int i = 0; i < 8; i++) {
            assertThat(tiles[16 * thread + i]).isEqualTo((byte) (inner[i] * 16 + 5));
            assertThat(tiles[16 * thread + 8 + i]).isEqualTo((byte) (inner[i] * 16 + 13));
        }
    }

    @Test
    void testTilesFollowTheInnerDimensionAndArePaddedWithZeros() {
        byte[] turned = new byte[40 * 17];
        turned[39 * 17 + 16] = 7;
        byte[] tiles = ByteTiles.of(turned, 17, 40);
        assertThat(tiles).hasSize(4 * 512);
        // Column 0 of the second tiles of columns, inner 7 of the second tile of 32.
        assertThat(tiles[3 * 512 + 16 + 3]).isEqualTo((byte) 7);
        tiles[3 * 512 + 16 + 3] = 0;
        assertThat(tiles).containsOnly(0);
    }
}
