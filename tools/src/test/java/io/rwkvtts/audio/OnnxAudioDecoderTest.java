package io.rwkvtts.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoder of the demo voice. */
class OnnxAudioDecoderTest {

    @TempDir private static Path directory;

    private static Path file;
    private static OnnxAudioDecoder decoder;

    @BeforeAll
    static void open() throws IOException {
        file = DemoVoice.unpack(directory.resolve("voice")).decoder();
        decoder = OnnxAudioDecoder.open(file, 2);
    }

    @AfterAll
    static void close() {
        decoder.close();
    }

    static List<JsonNode> cases() {
        List<JsonNode> cases = new ArrayList<>();
        expected().get("cases").forEach(cases::add);
        return cases;
    }

    private static JsonNode expected() {
        return Vectors.json(
                Path.of(
                        OnnxAudioDecoderTest.class
                                .getResource("/demo-voice/decoder-expected.json")
                                .getPath()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void testSamplesAreTheExpectedOnes(JsonNode vector) {
        double tolerance = expected().get("tolerance").asDouble();
        float[] samples = decode(vector);
        assertThat(samples).hasSize(vector.get("samples").asInt());
        double squares = 0;
        for (float sample : samples) {
            squares += (double) sample * sample;
        }
        double sum = vector.get("sumOfSquares").asDouble();
        assertThat(squares).isCloseTo(sum, within(tolerance * sum));
        assertThat(vector.get("values")).isNotEmpty();
        for (JsonNode value : vector.get("values")) {
            assertThat((double) samples[value.get(0).asInt()])
                    .isCloseTo(value.get(1).asDouble(), within(tolerance));
        }
    }

    /** Bit by bit, with the contexts that codec.json states; and not with less. */
    @ParameterizedTest
    @MethodSource("cases")
    void testWindowsJoinToTheDecodingInOneCall(JsonNode vector) {
        float[] atOnce = decode(vector);
        for (int first = 2; first < 14; first += 3) {
            for (int next = 1; next < 14; next += 4) {
                WindowPlan plan = WindowPlan.of(decoder.format(), first, next);
                assertThat(streamed(vector, plan)).isEqualTo(atOnce);
            }
        }
        assertThat(streamed(vector, new WindowPlan(5, 5, 0, 0))).isNotEqualTo(atOnce);
    }

    private static float[] streamed(JsonNode vector, WindowPlan plan) {
        SegmentAudio audio = new SegmentAudio(plan, globals(vector));
        List<float[]> parts = new ArrayList<>();
        int[] tokens = semantics(vector);
        for (int i = 0; i < tokens.length; i++) {
            audio.add(new int[] {tokens[i]});
            boolean ended = i == tokens.length - 1;
            for (Optional<float[]> next = audio.next(decoder, ended);
                    next.isPresent();
                    next = audio.next(decoder, ended)) {
                parts.add(next.get());
            }
        }
        float[] joined = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    /** More callers than may decode at once. */
    @Test
    void testCallersDoNotDisturbEachOther() throws Exception {
        List<JsonNode> cases = cases();
        List<float[]> alone = cases.stream().map(OnnxAudioDecoderTest::decode).toList();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<float[]>> together = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                JsonNode vector = cases.get(i % cases.size());
                together.add(callers.submit(() -> decode(vector)));
            }
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i % alone.size()));
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void testNoTokensAreRefused() {
        assertThatThrownBy(() -> decoder.decode(new int[0], new int[32]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }

    @Test
    void testOtherFilesAreRefusedByName() throws IOException {
        assertRefused(directory.resolve("none.onnx"), "does not exist");
        assertRefused(directory, "is no file");
        assertRefused(write("version https://git-lfs.github.com/spec/v1\noid"), "Git LFS");
        assertRefused(write("PK\3\4"), "zip archive");
        assertRefused(write(""), "empty");
        assertRefused(write("words"), "is no ONNX model");
        byte[] half = Files.readAllBytes(file);
        Path cut = directory.resolve("cut.onnx");
        Files.write(cut, Arrays.copyOf(half, half.length / 2));
        assertRefused(cut, "is no ONNX model");
    }

    @Test
    void testOnnxModelOfAnotherKindIsRefused() throws IOException {
        ModelCache cache = new ModelCache(directory.resolve("cache"));
        Path graph = DemoVoice.model(cache, Optional.empty()).directory().graph();
        assertRefused(graph, "input semantic_tokens is missing");
    }

    @Test
    void testWrongNumberOfSamplesNamesTheField() throws IOException {
        Path other = Files.createDirectories(directory.resolve("other"));
        Path copy = Files.copy(file, other.resolve("decoder.onnx"));
        Files.writeString(other.resolve(CodecFormat.FILE), "{\"samplesPerToken\": 640}");
        try (OnnxAudioDecoder wrong = OnnxAudioDecoder.open(copy, 1)) {
            assertThatThrownBy(() -> wrong.decode(new int[3], new int[32]))
                    .isInstanceOf(AudioException.class)
                    .hasMessageContaining("960 samples for 3 tokens, expected 1920")
                    .hasMessageContaining("samplesPerToken");
        }
    }

    private Path write(String content) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "decoder", ".onnx"), content);
    }

    private static void assertRefused(Path path, String message) {
        assertThatThrownBy(() -> OnnxAudioDecoder.open(path, 1))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(message);
    }

    private static float[] decode(JsonNode vector) {
        return decoder.decode(semantics(vector), globals(vector));
    }

    private static int[] semantics(JsonNode vector) {
        return Vectors.ints(vector.get("semanticTokens"));
    }

    private static int[] globals(JsonNode vector) {
        return Vectors.ints(vector.get("globalTokens"));
    }
}
