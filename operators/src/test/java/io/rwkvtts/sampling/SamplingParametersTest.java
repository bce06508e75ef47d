package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingParametersTest {

    @ParameterizedTest
    @CsvSource({
        "-0.1, 0.9, 20, 'temperature is -0.1, expected a finite number of at least 0'",
        "NaN, 0.9, 20, temperature is NaN",
        "Infinity, 0.9, 20, temperature is Infinity",
        "1, -0.1, 20, 'topP is -0.1, expected 0 to 1'",
        "1, 1.1, 20, topP is 1.1",
        "1, NaN, 20, topP is NaN",
        "1, 0.9, -1, 'topK is -1, expected 0 (no limit) or more'"
    })
    void testValuesOutOfRangeAreRefused(double temperature, double topP, int topK, String message) {
        assertThatThrownBy(() -> new SamplingParameters(temperature, topP, topK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void testZeroTemperatureAndTopKOfOneAreGreedy() {
        assertThat(new SamplingParameters(0, 0.9, 20).greedy()).isTrue();
        assertThat(new SamplingParameters(-0.0, 0.9, 20).greedy()).isTrue();
        assertThat(new SamplingParameters(1, 0.9, 1).greedy()).isTrue();
        assertThat(SamplingParameters.GLOBAL.greedy()).isFalse();
        assertThat(SamplingParameters.SEMANTIC.greedy()).isFalse();
    }
}
