package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatTest {

    private static final int INFINITY = 0x7c00;

    @Test
    void testAllFinitePatternsHaveTheirValueOfTheStandard() {
        for (int bits = 0; bits < INFINITY; bits++) {
            int exponent = bits >> 10;
            int mantissa = bits & 0x3ff;
            double value =
                    exponent == 0
                            ? mantissa * Math.pow(2, -24)
                            : (1 + mantissa / 1024.0) * Math.pow(2, exponent - 15);
            assertThat((double) HalfFloat.toFloat((short) bits)).as("%04x", bits).isEqualTo(value);
            assertThat((double) HalfFloat.toFloat((short) (bits | 0x8000)))
                    .as("%04x", bits | 0x8000)
                    .isEqualTo(-value);
        }
    }

    @Test
    void testInfinitiesAndAllNansStayWhatTheyAre() {
        assertThat(HalfFloat.toFloat((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(HalfFloat.toFloat((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
        for (int mantissa = 1; mantissa < 0x400; mantissa++) {
            assertThat(HalfFloat.toFloat((short) (0x7c00 | mantissa))).isNaN();
            assertThat(HalfFloat.toFloat((short) (0xfc00 | mantissa))).isNaN();
        }
        assertThat(HalfFloat.toFloat(HalfFloat.fromFloat(Float.NaN))).isNaN();
    }

    @Test
    void testEveryNumberComesBackFromItsFloat() {
        for (int bits = 0; bits <= INFINITY; bits++) {
            for (int sign : new int[] {0, 0x8000}) {
                short half = (short) (bits | sign);
                assertThat(HalfFloat.fromFloat(HalfFloat.toFloat(half))).isEqualTo(half);
            }
        }
    }

    @Test
    void testFloatsBetweenTwoHalvesGoToTheNearerOneAndMiddlesToTheEvenOne() {
        for (int bits = 0; bits < INFINITY - 1; bits++) {
            float below = HalfFloat.toFloat((short) bits);
            float above = HalfFloat.toFloat((short) (bits + 1));
            float middle = (below + above) / 2;
            short even = (short) (bits % 2 == 0 ? bits : bits + 1);
            assertThat(HalfFloat.fromFloat(middle)).as("middle above %04x", bits).isEqualTo(even);
            assertThat(HalfFloat.fromFloat(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(HalfFloat.fromFloat(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
        }
    }

    @Test
    void testFloatsBeyondTheLargestHalfBecomeInfiniteFromTheMiddleOn() {
        assertThat(HalfFloat.fromFloat(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
        assertThat(HalfFloat.fromFloat(65520f)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloat.fromFloat(-Float.MAX_VALUE)).isEqualTo((short) 0xfc00);
        assertThat(HalfFloat.fromFloat(Float.MIN_VALUE)).isZero();
    }
}
