package io.rwkvtts.bench.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Scale}. */
class ScaleTest {

    @ParameterizedTest
    @ValueSource(doubles = {0.013, 0.9, 1, 1.2, 3, 7.5, 10, 42, 99, 100, 101, 318, 2240, 1e6})
    void testMarksAreFewAndReachTheGreatestValue(double most) {
        Scale scale = Scale.fromZero(most);

        assertThat(scale.marks()).hasSizeBetween(3, 11).first().isEqualTo(0.0);
        double end = scale.marks().get(scale.marks().size() - 1);
        assertThat(end).isBetween(most * (1 - 1e-9), most * 2);
        assertThat(scale.place().applyAsDouble(end)).isEqualTo(1);
    }

    @Test
    void testEqualFactorsHaveEqualDistances() {
        Scale scale = Scale.ofFactors(List.of(1.0, 2.0, 4.0));

        assertThat(scale.place().applyAsDouble(1)).isZero();
        assertThat(scale.place().applyAsDouble(2)).isEqualTo(0.5, offset(1e-12));
        assertThat(scale.place().applyAsDouble(4)).isEqualTo(1);
    }
}
