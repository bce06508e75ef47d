package io.rwkvtts.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Pcm16Test {

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0",
        "-0.0, 1, 0",
        "1, 1, 32767",
        "-1, 1, -32767",
        "0.5, 1, 16384",
        "-0.5, 1, -16383",
        "1.0001, 1, 32767",
        "7, 1, 32767",
        "-1.00002, 1, -32768",
        "-7, 1, -32768",
        "Infinity, 1, 32767",
        "-Infinity, 1, -32768",
        "0.25, 2, 16384",
        "0.25, 100, 32767",
        "1e-9, 1, 0"
    })
    void testSampleIsScaledRoundedAndClipped(float sample, float gain, short expected) {
        byte[] bytes = Pcm16.of(new float[] {sample}, gain);
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort())
                .isEqualTo(expected);
    }

    @Test
    void testWhatIsNotANumberIsRefused() {
        assertThatThrownBy(() -> Pcm16.of(new float[] {0, Float.NaN}, 1))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("sample 1");
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY})
    void testGainMustBePositive(float gain) {
        assertThatThrownBy(() -> Pcm16.of(new float[1], gain))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"2, 0.5", "1, 0.8", "0.4, 2", "-0.4, 2", "0.01, 10", "0, 1"})
    void testPeakGainOfWholeAudio(float peak, float expected) {
        assertThat(Pcm16.peakGain(List.of(new float[] {0, peak / 2}, new float[] {peak, 0})))
                .isEqualTo(expected);
    }
}
