package io.rwkvtts.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** {@link Samples}. */
class SamplesTest {

    @Test
    void testQuantilesAreValuesThatWereMeasured() {
        Samples samples = new Samples();
        for (int value = 3000; value > 0; value--) {
            samples.add(value);
        }

        assertThat(samples.count()).isEqualTo(3000);
        assertThat(samples.sum()).isEqualTo(3000.0 * 3001 / 2);
        assertThat(samples.least()).isEqualTo(1);
        assertThat(samples.quantile(0.1)).isEqualTo(300);
        assertThat(samples.median()).isEqualTo(1500);
        assertThat(samples.quantile(0.95)).isEqualTo(2850);
        assertThat(samples.greatest()).isEqualTo(3000);
    }

    @Test
    void testOneValueIsEveryQuantile() {
        Samples samples = new Samples();
        samples.add(7);

        assertThat(samples.quantile(0.01)).isEqualTo(7);
        assertThat(samples.quantile(0.99)).isEqualTo(7);
    }

    @Test
    void testNothingMeasuredIsNoNumber() {
        assertThatThrownBy(new Samples()::median)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing was measured");
    }
}
