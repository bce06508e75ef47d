package io.rwkvtts.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void testQuantilesAreInProportionAndTheMeanIsOne() {
        Pace pace = new Pace(0.8, 1, 1.45);

        assertThat(pace.factor(0.1) / pace.factor(0.5)).isCloseTo(0.8, within(1e-9));
        assertThat(pace.factor(0.95) / pace.factor(0.5)).isCloseTo(1.45, within(1e-9));
        int steps = 100_000;
        double mean =
                IntStream.range(0, steps)
                        .mapToDouble(i -> pace.factor((i + 0.5) / steps))
                        .average()
                        .orElseThrow();
        assertThat(mean).isCloseTo(1, within(1e-4));
    }

    @Test
    void testSeveralAreAveraged() {
        assertThat(Pace.mean(List.of(new Pace(0.75, 1, 1.25), new Pace(0.25, 1, 1.75))))
                .isEqualTo(new Pace(0.5, 1, 1.5));
        assertThat(Pace.mean(List.of())).isEqualTo(Pace.STEADY);
    }
}
