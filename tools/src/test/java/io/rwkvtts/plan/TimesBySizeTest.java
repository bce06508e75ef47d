package io.rwkvtts.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TimesBySizeTest {

    private static TimesBySize of(Map<Integer, Double> measured) {
        return new TimesBySize(new TreeMap<>(measured));
    }

    @Test
    void testLinearBetweenAndBeyondWhatWasMeasured() {
        TimesBySize times = of(Map.of(2, 10.0, 4, 14.0, 8, 30.0));

        assertThat(times.at(1)).isEqualTo(10);
        assertThat(times.at(2)).isEqualTo(10);
        assertThat(times.at(3)).isEqualTo(12);
        assertThat(times.at(6)).isEqualTo(22);
        assertThat(times.at(10)).isEqualTo(38);
    }

    @Test
    void testOneSizeIsTakenForThoseBelowAndInProportionAbove() {
        TimesBySize times = of(Map.of(4, 8.0));

        assertThat(times.at(1)).isEqualTo(8);
        assertThat(times.at(8)).isEqualTo(16);
    }

    @Test
    void testWhatWasMeasuredIsNotReplaced() {
        assertThat(of(Map.of(1, 8.0)).withKnown(1, 3).at(1)).isEqualTo(8);
        assertThat(of(Map.of(3, 8.0)).withKnown(1, 4).at(2)).isEqualTo(6);
    }

    @Test
    void testNothingOrNoTimeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> of(Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> of(Map.of(1, 0.0)));
        assertThatIllegalArgumentException().isThrownBy(() -> of(Map.of(0, 1.0)));
    }
}
