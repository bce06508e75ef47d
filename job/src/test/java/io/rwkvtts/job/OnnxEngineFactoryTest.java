package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.operator.EngineFactory;
import java.nio.file.Files;
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
        assertThatThrownBy(engines::identity)
                .as("an engine that is open already is refused as well")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lower tts.slots");
    }

    @Test
    void testIdentityIsThatOfModelAndEngine(@TempDir Path directory) throws Exception {
        SpeechModel model = SmallModel.open(directory);
        Configuration config = new Configuration();
        Object identity = identity(config, model);

        config.set(KafkaOptions.GROUP_ID, "another");
        assertThat(identity(config, model)).isEqualTo(identity);
        config.set(EngineSettings.SLOTS, 7);
        assertThat(identity(config, model)).isNotEqualTo(identity);
    }

    /** A task that starts then must not go on with the old one, as it would in another process. */
    @Test
    void testIdentityChangesWithTheFilesOfTheModel(@TempDir Path directory) throws Exception {
        SpeechModel model = SmallModel.open(directory);
        EngineFactory engines = TtsSettings.from(new Configuration(), model).engines();
        Object identity = engines.identity().orElseThrow();
        Path description = model.directory().path().resolve("model.json");
        Files.writeString(
                description,
                Files.readString(description)
                        .replace(model.directory().weightsId(), "f".repeat(64)));

        assertThat(engines.identity()).isPresent().get().isNotEqualTo(identity);
    }

    private static Object identity(Configuration config, SpeechModel model) throws Exception {
        return TtsSettings.from(config, model).engines().identity().orElseThrow();
    }
}
