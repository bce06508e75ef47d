package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.operator.EngineFactory;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEngineFactoryTest {

    @Test
    void testSlotsThatCannotFitAreRefusedBeforeTheModelIsLoaded(@TempDir Path directory)
            throws Exception {
        SpeechModel model = SmallModel.open(directory);
        Configuration config = new Configuration();
        config.set(EngineSettings.SLOTS, 1_000_000_000);
        EngineFactory engines = TtsSettings.from(config, model).engines();

        assertThatThrownBy(() -> engines.open(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lower tts.slots");
    }
}
