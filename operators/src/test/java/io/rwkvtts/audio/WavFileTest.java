package io.rwkvtts.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavFileTest {

    @TempDir private Path directory;

    @Test
    void testHeadersAreThoseOfTheVectors() {
        int compared = 0;
        for (JsonNode vector : Vectors.json("audio.json").get("wav_header_hex")) {
            long dataBytes = Pcm16.BYTES * vector.get(0).asLong();
            assertThat(HexFormat.of().formatHex(WavFile.header(dataBytes, 16_000)))
                    .isEqualTo(vector.get(1).asText());
            compared++;
        }
        assertThat(compared).isEqualTo(4);
    }

    /** Java's own reader finds all samples written so far. */
    @Test
    void testFileIsWholeAtAnyMoment() throws Exception {
        Path path = directory.resolve("a.wav");
        Files.writeString(path, "something longer than a header that was there before".repeat(9));
        try (WavFile wav = new WavFile(path, 16_000)) {
            assertSamples(path);
            wav.append(new byte[] {1, 2, 3, 4});
            assertSamples(path, 1, 2, 3, 4);
            wav.append(new byte[0]);
            wav.append(new byte[] {5, 6});
            assertSamples(path, 1, 2, 3, 4, 5, 6);
        }
        assertSamples(path, 1, 2, 3, 4, 5, 6);
    }

    private static void assertSamples(Path path, int... expected) throws Exception {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(path.toFile())) {
            AudioFormat format = in.getFormat();
            assertThat(format.getSampleRate()).isEqualTo(16_000);
            assertThat(format.getSampleSizeInBits()).isEqualTo(16);
            assertThat(format.getChannels()).isOne();
            assertThat(format.isBigEndian()).isFalse();
            assertThat(in.getFrameLength()).isEqualTo(expected.length / 2);
            byte[] bytes = in.readAllBytes();
            assertThat(bytes).hasSize(expected.length);
            for (int i = 0; i < expected.length; i++) {
                assertThat(bytes[i]).isEqualTo((byte) expected[i]);
            }
        }
    }

    @Test
    void testMoreThan32BitsCountIsRefused() {
        assertThatThrownBy(() -> WavFile.header(1L << 32, 16_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a WAV file holds at most 4294967250");
    }

    @Test
    void testDirectoryThatIsMissingIsAnError() {
        assertThatThrownBy(() -> new WavFile(directory.resolve("no/a.wav"), 16_000))
                .isInstanceOf(IOException.class);
    }
}
