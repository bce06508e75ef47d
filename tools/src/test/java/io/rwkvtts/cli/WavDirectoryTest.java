package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.CodecFormat;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.schema.AudioTokens;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavDirectoryTest {

    private static final List<Integer> SPEAKER = Collections.nCopies(32, 7);

    @TempDir private Path directory;

    private final StringWriter err = new StringWriter();
    private WavDirectory files;

    /** One sample a token, whose value is the token's id. */
    private static final class Ids implements AudioDecoder {

        @Override
        public CodecFormat format() {
            return new CodecFormat(16_000, 1, 2, 2);
        }

        @Override
        public float[] decode(int[] semantics, int[] globals) {
            float[] samples = new float[semantics.length];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = semantics[i] / (float) Short.MAX_VALUE;
            }
            return samples;
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() throws Exception {
        files =
                new WavDirectory(
                        directory.resolve("wavs"),
                        new Ids(),
                        new DecoderOptions(),
                        new PrintWriter(err, true));
    }

    private static ReceivedTokens tokens(String id, boolean begins, int from, int to) {
        return received(id, begins, IntStream.range(from, to).boxed().toList(), null);
    }

    private static ReceivedTokens end(String id, String reason) {
        return received(id, false, List.of(), reason);
    }

    private static ReceivedTokens received(
            String id, boolean begins, List<Integer> tokens, String reason) {
        AudioTokens record =
                AudioTokens.newBuilder()
                        .setRequestId(id)
                        .setSequence(0)
                        .setSegment(0)
                        .setTokenOffset(0)
                        .setTokens(tokens)
                        .setGlobalTokens(begins ? SPEAKER : null)
                        .setModelId("model")
                        .setFinishReason(reason)
                        .build();
        return new ReceivedTokens(record, 0, -1, -1);
    }

    private List<Integer> samples(String id) throws Exception {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(files.path(id).toFile())) {
            byte[] bytes = in.readAllBytes();
            assertThat(in.getFrameLength()).isEqualTo(bytes.length / Pcm16.BYTES);
            List<Integer> samples = new ArrayList<>();
            for (int i = 0; i < bytes.length; i += Pcm16.BYTES) {
                samples.add((bytes[i] & 0xff) | bytes[i + 1] << 8);
            }
            return samples;
        }
    }

    private static List<Integer> ids(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    void testFilesGrowWhileRequestsAreGeneratedAndAreWholeAtAnyMoment() throws Exception {
        files.received(tokens("a", true, 0, 9));
        assertThat(samples("a")).isEmpty();
        files.received(tokens("b", true, 100, 140));
        files.received(tokens("a", false, 9, 30));
        assertThat(samples("a")).isEqualTo(ids(0, 8));
        assertThat(samples("b")).isEqualTo(ids(100, 133));
        // The next segment: nothing waits for what follows the end of the first.
        files.received(tokens("a", true, 30, 35));
        assertThat(samples("a")).isEqualTo(ids(0, 30));
        files.received(end("a", "stop"));
        files.received(end("b", "cancelled"));
        assertThat(samples("a")).isEqualTo(ids(0, 35));
        assertThat(samples("b")).isEqualTo(ids(100, 140));
    }

    @Test
    void testRequestsThatStillRunAreWrittenAsFarAsTheyAre() throws Exception {
        files.received(tokens("a", true, 0, 9));
        files.close();
        assertThat(samples("a")).isEqualTo(ids(0, 9));
    }

    @Test
    void testRequestWhoseBeginningWasMissedIsToldOf() throws Exception {
        files.received(tokens("late", false, 0, 9));
        files.received(end("empty", "overloaded"));
        assertThat(err.toString()).isEqualTo("late: not written, its beginning was missed\n");
        assertThat(files.path("late")).doesNotExist();
        assertThat(files.path("empty")).doesNotExist();
    }

    @Test
    void testAnyIdIsAFileInTheDirectory() throws Exception {
        List<String> ids =
                List.of(
                        "..",
                        ".",
                        "../../x",
                        "a/b",
                        "a b",
                        "CON*?",
                        "ü🎧",
                        "x".repeat(3_000),
                        "\0");
        for (String id : ids) {
            files.received(tokens(id, true, 0, 1));
            files.received(end(id, "stop"));
            assertThat(samples(id)).as(id).isEqualTo(ids(0, 1));
            assertThat(files.path(id).normalize().getParent()).isEqualTo(directory.resolve("wavs"));
        }
        try (Stream<Path> found = Files.list(directory.resolve("wavs"))) {
            assertThat(found).hasSize(ids.size());
        }
    }
}
