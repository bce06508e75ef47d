package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionKeysTest {

    @ParameterizedTest
    @CsvSource({
        "tts.slot, tts.slots",
        "tts.queue.when_full, tts.queue.when-full",
        "tts.tenant.requests-per-seconds, tts.tenant.requests-per-second",
        "tts.kafka.bootstrap.servers, tts.kafka.bootstrap-servers",
        "tts.kafka.propertys.sasl.jaas.config, tts.kafka.properties",
        "tts.modell, tts.model",
        "tts., tts."
    })
    void testUnknownKeyIsRefusedWithTheNearestAndWithoutItsValue(String key, String nearest) {
        assertThatThrownBy(() -> OptionKeys.requireKnown(Map.of(key, "hidden")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + " is no option of the job: did you mean " + nearest)
                .hasMessageNotContaining("hidden");
    }

    @Test
    void testOptionsClientPropertiesAndKeysOfOthersPass() {
        assertThatCode(
                        () ->
                                OptionKeys.requireKnown(
                                        Map.of(
                                                "tts.slots", "3",
                                                "tts.model", "m",
                                                "tts.kafka.properties", "a:b",
                                                "tts.kafka.properties.no.such.property", "x",
                                                "tts.kafka.properties-file", "f",
                                                "taskmanager.numberOfTaskSlots", "2",
                                                "ttsx", "y")))
                .doesNotThrowAnyException();
    }
}
