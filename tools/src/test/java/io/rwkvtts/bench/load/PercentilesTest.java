package io.rwkvtts.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.bench.Samples;
import org.junit.jupiter.api.Test;

/** {@link Percentiles}. */
class PercentilesTest {

    @Test
    void testOfEnoughValuesAllAreKnown() {
        assertThat(upTo(100)).isEqualTo(new Percentiles(50.0, 95.0, 99.0));
    }

    @Test
    void testOfFewValuesHighOnesAreNotKnown() {
        assertThat(upTo(99)).isEqualTo(new Percentiles(50.0, 95.0, null));
        assertThat(upTo(20)).isEqualTo(new Percentiles(10.0, 19.0, null));
        assertThat(upTo(19)).isEqualTo(new Percentiles(10.0, null, null));
        assertThat(upTo(0)).isEqualTo(new Percentiles(null, null, null));
    }

    @Test
    void testATimeThatWeighsAsManyWasMeasuredOnce() {
        Latency times = new Latency();
        for (int chunk = 0; chunk < 19; chunk++) {
            times.add(4_000_000, 25);
        }
        assertThat(times.percentiles().p95()).isNull();

        times.add(4_000_000, 25);
        assertThat(times.percentiles().p95()).isNotNull();
    }

    private static Percentiles upTo(int count) {
        Samples samples = new Samples();
        for (int value = 1; value <= count; value++) {
            samples.add(value);
        }
        return Percentiles.of(samples);
    }
}
