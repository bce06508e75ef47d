package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot work is refused before there is a job. */
class TtsSettingsTest {

    @TempDir private static Path directory;
    private static SpeechModel model;

    @BeforeAll
    static void open() throws IOException {
        model = SmallModel.open(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "tts.slots, 0, 0",
        "tts.slots, many, many",
        "tts.device, gpu, gpu",
        "tts.device, cuda, int8-native",
        "tts.cuda.device-index, -1, -1",
        "tts.parallelism, 0, 0",
        "tts.max-parallelism, 0, 0",
        "tts.max-parallelism, 32769, 32769",
        "tts.engine.threads, -1, -1",
        "tts.cuda.sampling, gpu, gpu",
        "tts.prefill.chunk-tokens, 0, 0",
        "tts.max-semantic-tokens, 0, 0",
        "tts.max-semantic-tokens, 2049, 2049",
        "tts.min-semantic-tokens, -1, -1",
        "tts.max-repeated-tokens, -1, -1",
        "tts.text.max-chars, 0, 0",
        "tts.segment.min-units, -1, -1",
        "tts.segment.max-units, 4, 4",
        "tts.chunk.first-tokens, 0, 0",
        "tts.chunk.first-tokens, 2049, 2049",
        "tts.chunk.tokens, 0, 0",
        "tts.chunk.tokens, 2000000000, at most 2048",
        "tts.queue.capacity, 0, 0",
        "tts.queue.capacity, 2147483647, at most 1000000",
        "tts.queue.when-full, explode, explode",
        "tts.tenant.requests-per-second, -1, -1",
        "tts.tenant.burst, 0, 0",
        "tts.tenant.burst, 1000001, 1000001",
        "tts.tenant.queue-capacity, -1, -1",
        "tts.tenant.queue-capacity, 1000001, 1000001",
        "tts.snapshot.mode, none, none",
        "tts.restore.other-weights, maybe, maybe",
        "tts.request.idle-timeout, 0 s, PT0S",
        "tts.request.dedup-window, 0 s, PT0S",
        "tts.kafka.delivery-guarantee, none, none",
        "tts.kafka.requests-topic, a b, a b"
    })
    void testOptionThatCannotWorkIsRefusedByItsName(String option, String value, String seen) {
        assertThatThrownBy(() -> settings(option, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(option, seen);
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

    @Test
    void testTenantsThatAreHeldBackMayFillATenthOfTheQueueIfNothingElseIsSet() {
        assertThat(settings("tts.slots", "3").synthesis().queue().tenants().queueCapacity())
                .isZero();
        assertThat(tenantCapacity(Map.of())).isEqualTo(1_000);
        assertThat(tenantCapacity(Map.of("tts.queue.capacity", "5"))).isOne();
        assertThat(tenantCapacity(Map.of("tts.tenant.queue-capacity", "7"))).isEqualTo(7);
        assertThat(tenantCapacity(Map.of("tts.tenant.queue-capacity", "0"))).isZero();
    }

    @Test
    void testEnginesOfAProcessAreAllOrThoseOfATaskManagersSlots() {
        assertThat(enginesPerProcess(Map.of())).isEqualTo(4);
        assertThat(enginesPerProcess(Map.of("execution.target", "local"))).isEqualTo(4);
        assertThat(enginesPerProcess(Map.of("execution.target", "remote"))).isOne();
        Map<String, String> cluster =
                Map.of("execution.target", "remote", "taskmanager.numberOfTaskSlots", "3");
        assertThat(enginesPerProcess(cluster)).isEqualTo(3);
    }

    @Test
    void testEnginesShareTheProcessorsWithThoseOfTheirProcessOnly() {
        assertThat(fourSubtasks(Map.of()).threadsOf(16)).isEqualTo(4);
        assertThat(fourSubtasks(Map.of()).threadsOf(2)).isOne();
        assertThat(fourSubtasks(Map.of("execution.target", "remote")).threadsOf(16)).isEqualTo(16);
        assertThat(fourSubtasks(Map.of("tts.engine.threads", "3")).threadsOf(16)).isEqualTo(3);
    }

    @Test
    void testSoundIsMadeOnlyWithADecoder(@TempDir Path files) throws IOException {
        assertThat(settings(Map.of()).audio()).isEmpty();
        assertThat(settings(Map.of()).topics()).doesNotContain("tts-audio");

        Path decoder = Files.write(files.resolve("decoder.onnx"), new byte[] {8, 8});
        TtsSettings sounding = settings("tts.audio.decoder", decoder.toString());
        assertThat(sounding.topics()).contains("tts-audio");
        assertThat(sounding.audio())
                .hasValueSatisfying(
                        audio -> {
                            assertThat(audio.parallelism()).isOne();
                            assertThat(audio.gain()).isOne();
                            // BiCodec's: 25 tokens and the 5 that waited, of 320 samples.
                            assertThat(audio.largestChunkBytes()).isEqualTo(30 * 320 * 2);
                        });
    }

    @Test
    void testDecoderThatCannotWorkIsRefused(@TempDir Path files) throws IOException {
        assertThatThrownBy(() -> settings("tts.audio.decoder", files.resolve("none").toString()))
                .hasMessageContaining("none does not exist");
        Path decoder = Files.write(files.resolve("decoder.onnx"), new byte[] {8, 8});
        Map<String, String> options = Map.of("tts.audio.decoder", decoder.toString());
        for (String wrong : List.of("0", "-1", "NaN", "Infinity")) {
            assertThatThrownBy(() -> settings(with(options, "tts.audio.gain", wrong)))
                    .hasMessageContaining("tts.audio.gain is");
        }
        assertThatThrownBy(() -> settings(with(options, "tts.audio.threads", "0")))
                .hasMessageContaining("tts.audio.threads is 0");
        Files.writeString(files.resolve("codec.json"), "{\"samplesPerToken\": 100000}");
        assertThatThrownBy(() -> settings(options))
                .hasMessageContaining("tts.audio.decoder is")
                .hasMessageContaining("6000000 bytes of sound");
    }

    private static Map<String, String> with(Map<String, String> options, String key, String value) {
        Map<String, String> more = new HashMap<>(options);
        more.put(key, value);
        return more;
    }

    private static int enginesPerProcess(Map<String, String> more) {
        return fourSubtasks(more).perProcess();
    }

    private static EngineSettings fourSubtasks(Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("tts.parallelism", "4");
        return settings(options).engine();
    }

    private static int tenantCapacity(Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("tts.tenant.requests-per-second", "2.5");
        return settings(options).synthesis().queue().tenants().queueCapacity();
    }

    private static TtsSettings settings(String option, String value) {
        return settings(Map.of(option, value));
    }

    private static TtsSettings settings(Map<String, String> options) {
        try {
            return TtsSettings.from(Configuration.fromMap(options), model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
