package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.job.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is refused before there is a job. */
class TtsSettingsTest {

    @TempDir private static Path directory;
    private static SpeechModel model;

    @BeforeAll
    static void open() throws IOException {
        DemoVoice voice = DemoVoice.unpack(directory);
        model =
                SpeechModel.open(
                        voice.checkpoint(),
                        Optional.of(voice.vocabulary()),
                        Optional.empty(),
                        new ModelCache(directory.resolve("cache")));
    }

    @Test
    void testDirectoryOfVoicesThatIsNotThereIsRefused() {
        Path missing = directory.resolve("voicse");

        assertThatThrownBy(() -> settings("tts.voices", missing.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "tts.voices: voice directory %s does not exist or is no directory",
                        missing);
    }

    @Test
    void testVoiceThatCannotBeReadIsRefused() throws IOException {
        Path voices = Files.createDirectory(directory.resolve("voices"));
        Path broken = Files.writeString(voices.resolve("anna.raf.json"), "{}");

        assertThatThrownBy(() -> settings("tts.voices", voices.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tts.voices: ")
                .hasMessageContaining(broken.toString());
    }

    @Test
    void testVoicesAreOptional() {
        assertThat(settings("tts.slots", "3").synthesis().voiceDirectory()).isNull();
    }

    private static TtsSettings settings(String option, String value) {
        return TtsSettings.from(Configuration.fromMap(Map.of(option, value)), model);
    }
}
