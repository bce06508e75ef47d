package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.TestVectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SegmentCommandTest {

    @TempDir private Path directory;

    @Test
    void testEachSegmentIsALineWithItsPlace() {
        TtsRun run =
                TtsRun.of(
                        "segment",
                        "\uFEFFHel\u00ADlo\u00A0there, how are you?",
                        "See Sec. 4 of it. 你好。");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "{\"segment\":0,\"text\":\"Hello there, how are you?\",\"start\":1,\"end\":27}",
                        "{\"segment\":1,\"text\":\"See Sec. 4 of it. 你好。\",\"start\":28,\"end\":49}");
    }

    @Test
    void testUnitsAreThoseOfTheJobUnlessGiven() {
        TtsRun run = TtsRun.of("segment", "--min-units=0", "--max-units=12", "Yes. No, thank you.");
        assertThat(run.out().lines())
                .containsExactly(
                        "{\"segment\":0,\"text\":\"Yes.\",\"start\":0,\"end\":4}",
                        "{\"segment\":1,\"text\":\"No, thank\",\"start\":5,\"end\":14}",
                        "{\"segment\":2,\"text\":\"you.\",\"start\":15,\"end\":19}");
        TtsRun.of("segment", "--min-units=9", "--max-units=8", "a")
                .assertWrongUsage("--min-units, --max-units", "9", "8");
    }

    @Test
    void testTokensAreCountedByTheVocabularyThatIsNamed() throws IOException {
        Path vocabulary = TestVectors.unpack("mini_vocab.txt", directory);
        TtsRun run =
                TtsRun.of("segment", "--tokens", "--vocab", vocabulary.toString(), "hello the");
        assertThat(run.json().get("tokens").asInt()).isEqualTo(2);
        TtsRun.of("segment", "--vocab", vocabulary.toString(), "a").assertWrongUsage("--tokens");
        TtsRun.of("segment", "--tokens", "--vocab", "none.txt", "a").assertFailure("none.txt");
    }

    /** Through a pipe that stays open, in pieces that end inside characters. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void testASegmentIsPrintedAtTheMomentItIsCertain() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dstdout.encoding=UTF-8",
                                "-Dfile.encoding=UTF-8",
                                "-XX:TieredStopAtLevel=1",
                                Tts.class.getName(),
                                "segment")
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream();
                BufferedReader out =
                        new BufferedReader(
                                new InputStreamReader(process.getInputStream(), UTF_8))) {
            byte[] bytes = "今天天气不错，我们去公园散步吧。好".getBytes(UTF_8);
            for (byte b : bytes) {
                in.write(b);
                in.flush();
            }
            assertThat(out.readLine()).contains("\"今天天气不错，我们去公园散步吧。\",\"start\":0,\"end\":16");
            in.write("的。 How are you today? Fi".getBytes(UTF_8));
            in.flush();
            assertThat(out.readLine()).contains("\"好的。 How are you today?\"");
            in.write("ne".getBytes(UTF_8));
            in.close();
            assertThat(out.readLine()).contains("\"segment\":2,\"text\":\"Fine\"");
            assertThat(out.readLine()).isNull();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
