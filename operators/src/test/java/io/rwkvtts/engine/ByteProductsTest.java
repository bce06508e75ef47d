package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ByteProductsTest {

    /** On a processor with VNNI, and on ARM. */
    @Test
    void testThisMachineIsExact() {
        assertThat(ByteProducts.exact()).isTrue();
    }

    /** What two products of 255 and 127 are where they are added into 16 bits. */
    @Test
    void testSumsThatWereCutOffAreFound() {
        int[] sums = new int[16];
        Arrays.fill(sums, 64 / 2 * Short.MAX_VALUE);
        assertThat(ByteProducts.exact(sums)).isFalse();
    }
}
