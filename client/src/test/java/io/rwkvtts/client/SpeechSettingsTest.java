package io.rwkvtts.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rwkvtts.schema.InputFormat;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;

class SpeechSettingsTest {

    private final Properties kafka = new Properties();

    @Test
    void testEachSettingIsChangedAlone() {
        SpeechSettings defaults = SpeechSettings.of(kafka);
        HoldLimits limits = new HoldLimits(Duration.ofSeconds(1), 2, 3);

        assertThat(
                        defaults.withTopics("in", "out")
                                .withFormat(InputFormat.JSON)
                                .withIsolation(IsolationLevel.READ_COMMITTED)
                                .withHoldLimits(limits)
                                .withIdleTimeout(Duration.ofSeconds(4))
                                .withBufferedRecords(5))
                .isEqualTo(
                        new SpeechSettings(
                                kafka,
                                "in",
                                "out",
                                InputFormat.JSON,
                                IsolationLevel.READ_COMMITTED,
                                limits,
                                Duration.ofSeconds(4),
                                5));
        assertThat(defaults.withBufferedRecords(defaults.bufferedRecords())).isEqualTo(defaults);
    }

    @Test
    void testWhatCannotWorkIsRefused() {
        SpeechSettings settings = SpeechSettings.of(kafka);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withIdleTimeout(Duration.ZERO))
                .withMessage("idleTimeout is PT0S; expected more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withBufferedRecords(0))
                .withMessage("bufferedRecords is 0; expected 1 or more");
    }

    @Test
    void testPropertiesAreCopiedAndTheirValuesNotShown() {
        kafka.setProperty("sasl.jaas.config", "password=\"secret\"");
        SpeechSettings settings = SpeechSettings.of(kafka);
        kafka.clear();

        assertThat(settings.kafka()).containsKey("sasl.jaas.config");
        assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("secret");
    }
}
