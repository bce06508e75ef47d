package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.WavFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeakCommandTest {

    private static final String TEXT = "It has stopped raining. Let us go for a walk.";

    @TempDir private static Path directory;

    private static SpeechFiles files;

    @BeforeAll
    static void unpack() throws IOException {
        files = SpeechFiles.unpack(directory);
    }

    private static TtsRun speak(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--cache=" + directory.resolve("cache");
        all[arguments.length + 1] = "--seed=1";
        String[] command = new String[all.length + 1];
        command[0] = "speak";
        System.arraycopy(all, 0, command, 1, all.length);
        return TtsRun.of(command);
    }

    private static byte[] samples(Path wav) throws IOException {
        byte[] bytes = Files.readAllBytes(wav);
        byte[] samples = Arrays.copyOfRange(bytes, WavFile.HEADER_BYTES, bytes.length);
        assertThat(Arrays.copyOf(bytes, WavFile.HEADER_BYTES))
                .isEqualTo(WavFile.header(samples.length, 16_000));
        return samples;
    }

    /** The same tokens as {@code tts generate} finds, decoded in one call. */
    @Test
    void testSoundIsThatOfTheGeneratedTokens() throws IOException {
        Path wav = directory.resolve("hello.wav");
        TtsRun run = speak("--out=" + wav, "Hello,", "streaming", "world.");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(" s of speech in ");

        Path generated = directory.resolve("generated.wav");
        JsonNode speech =
                files.generate(
                                files.demo().checkpoint(),
                                files.demo().vocabulary(),
                                List.of(
                                        "--text=Hello, streaming world.",
                                        "--seed=1",
                                        "--wav=" + generated))
                        .json();
        try (OnnxAudioDecoder decoder = OnnxAudioDecoder.open(files.demo().decoder(), 1)) {
            float[] expected =
                    decoder.decode(
                            Vectors.ints(speech.get("semanticTokens")),
                            Vectors.ints(speech.get("globalTokens")));
            assertThat(samples(wav)).isEqualTo(Pcm16.of(expected, 1)).hasSizeGreaterThan(32_000);
        }
        assertThat(Files.readAllBytes(generated)).isEqualTo(Files.readAllBytes(wav));
    }

    @Test
    void testTextMayComeThroughAPipeAndSoundLeaveThroughOne() throws IOException {
        Path wav = directory.resolve("walk.wav");
        assertThat(speak("--out=" + wav, TEXT).exit()).isZero();
        InputStream inBefore = System.in;
        PrintStream outBefore = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(TEXT.getBytes(UTF_8)));
            System.setOut(new PrintStream(out, true));
            assertThat(speak("--out=-").exit()).isZero();
        } finally {
            System.setIn(inBefore);
            System.setOut(outBefore);
        }
        byte[] bytes = out.toByteArray();
        assertThat(Arrays.copyOf(bytes, WavFile.HEADER_BYTES))
                .isEqualTo(WavFile.header(WavFile.MAX_DATA_BYTES, 16_000));
        assertThat(Arrays.copyOfRange(bytes, WavFile.HEADER_BYTES, bytes.length))
                .isEqualTo(samples(wav));
    }

    @Test
    void testGainAndPeak() throws IOException {
        Path half = directory.resolve("half.wav");
        Path scaled = directory.resolve("scaled.wav");
        assertThat(speak("--out=" + half, "--gain=0.5", "Hello.").exit()).isZero();
        assertThat(speak("--out=" + scaled, "--scale-peak", "Hello.").exit()).isZero();
        assertThat(peak(samples(scaled))).isBetween(26_213, 26_215);
        assertThat(peak(samples(half))).isLessThan(peak(samples(scaled)));
    }

    private static int peak(byte[] pcm) {
        int peak = 0;
        for (int i = 0; i < pcm.length; i += Pcm16.BYTES) {
            peak = Math.max(peak, Math.abs((pcm[i] & 0xff) | pcm[i + 1] << 8));
        }
        return peak;
    }

    @Test
    void testWrongUsageIsToldInOneLine() {
        String wav = "--out=" + directory.resolve("x.wav");
        speak("Hello.").assertWrongUsage("give --out FILE.wav, --out - or --play");
        speak(wav, "--play", "Hello.").assertWrongUsage("--out and --play");
        speak("--play", "--scale-peak", "Hello.").assertWrongUsage("--scale-peak and --play");
        speak(wav, "--model=" + files.model(), "Hello.").assertWrongUsage("needs --decoder");
        speak(wav, "--gain=loud", "Hello.").assertWrongUsage("--gain");
    }

    @Test
    void testFailuresAreToldInOneLine() {
        Path wav = directory.resolve("y.wav");
        speak("--out=" + wav, "...").assertFailure("nothing that sounds");
        speak("--out=" + wav, "--gain=0", "Hello.").assertFailure("gain is 0.0");
        Path missing = directory.resolve("missing/z.wav");
        speak("--out=" + missing, "Hello.").assertFailure(missing, "directory does not exist");
        speak("--out=" + wav, "--decoder=" + files.demo().vocabulary(), "Hello.")
                .assertFailure(files.demo().vocabulary(), "is no ONNX model");
        speak("--out=" + wav, "--age=odd", "Hello.").assertFailure("odd");
    }
}
