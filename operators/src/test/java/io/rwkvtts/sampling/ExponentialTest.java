package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExponentialTest {

    private static final int COUNT = 200_000;

    @Test
    void testWithinTwoUnitsInTheLastPlace() {
        double[] x = numbers();
        double[] results = apply(x);
        for (int i = 0; i < COUNT; i++) {
            double expected = StrictMath.exp(x[i]);
            if (expected >= 1e-306) {
                assertThat(results[i])
                        .as("e^%s", x[i])
                        .isCloseTo(expected, within(2 * Math.ulp(expected)));
            }
        }
    }

    /** The sum of the bits of all results is a promise: other bits may draw other tokens. */
    @Test
    void testBitsNeverChange() {
        long bits = Arrays.stream(apply(numbers())).mapToLong(Double::doubleToRawLongBits).sum();
        assertThat(bits).isEqualTo(-575108256916331380L);
    }

    /** The first calls are interpreted, the last compiled and vectorised. */
    @Test
    void testBitsAreTheSameInterpretedAndCompiled() {
        double[] first = apply(Arrays.copyOf(numbers(), 100));
        for (int i = 0; i < 20; i++) {
            assertThat(Arrays.copyOf(apply(numbers()), 100)).isEqualTo(first);
        }
    }

    @Test
    void testTheEnds() {
        double[] x = {
            0, -0.0, -1e-300, -708, -709, -1e30, -Double.MAX_VALUE, Double.NEGATIVE_INFINITY
        };
        assertThat(apply(x)).startsWith(1, 1, 1).endsWith(0, 0, 0, 0);
        assertThat(apply(x)[3]).isCloseTo(3.307553003638408e-308, within(1e-322));
    }

    private static double[] numbers() {
        double[] x = new double[COUNT];
        for (int i = 0; i < COUNT; i++) {
            double range = i % 3 == 0 ? 1 : i % 3 == 1 ? 40 : 720;
            x[i] = (float) (-range * CounterRandom.uniform(7, 0, i));
        }
        return x;
    }

    private static double[] apply(double[] x) {
        double[] results = x.clone();
        new Exponential(results.length).apply(results, results.length);
        return results;
    }
}
