package io.rwkvtts.operator.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.audio.SegmentAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.operator.SpeechEnd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SoundFormatTest {

    private static final Path GOLDEN = Path.of("src/test/resources/snapshots/sound-v1.bin");

    private static final SoundSnapshot SOUND =
            new SoundSnapshot(
                    "größe-1",
                    1_764_000_000_123L,
                    new WindowPlan(10, 25, 1, 1),
                    new SoundPosition(7, 2, 1L << 33),
                    List.of(
                            new SoundSnapshot.Segment(
                                    2, new SegmentAudio.Held(ids(32, 3), ids(26, 11), 33, 34)),
                            new SoundSnapshot.Segment(
                                    3, new SegmentAudio.Held(ids(32, 3), ids(0, 0), 0, 0))),
                    new SpeechEnd("length", null),
                    false);

    private static int[] ids(int count, int step) {
        return IntStream.range(0, count).map(i -> i * step).toArray();
    }

    private static byte[] bytes(SoundSnapshot sound) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SoundFormat.write(sound, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static SoundSnapshot read(byte[] bytes) throws IOException {
        return SoundFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    /** Written by the release that introduced it; with -Dtts.snapshots.write=true again. */
    @Test
    void testGoldenFileIsRead() throws IOException {
        if (Boolean.getBoolean("tts.snapshots.write")) {
            Files.write(GOLDEN, bytes(SOUND));
        }
        byte[] golden = Files.readAllBytes(GOLDEN);
        assertThat(read(golden)).usingRecursiveComparison().isEqualTo(SOUND);
        assertThat(bytes(read(golden))).isEqualTo(golden);
    }

    @Test
    void testNothingIsLostOfOthers() throws IOException {
        SoundSnapshot fresh =
                new SoundSnapshot(
                        "",
                        0,
                        new WindowPlan(10, 25, 25, 5),
                        SoundPosition.START,
                        List.of(),
                        null,
                        false);
        SoundSnapshot failed =
                new SoundSnapshot(
                        "r",
                        -1,
                        new WindowPlan(10, 25, 25, 5),
                        new SoundPosition(1, 0, 0),
                        List.of(),
                        SpeechEnd.failed("why"),
                        true);
        assertThat(read(bytes(fresh))).usingRecursiveComparison().isEqualTo(fresh);
        assertThat(read(bytes(failed))).usingRecursiveComparison().isEqualTo(failed);
    }

    @Test
    void testEachDamagedByteIsNoticed() throws IOException {
        byte[] intact = bytes(SOUND);
        for (int at = 0; at < intact.length; at++) {
            byte[] damaged = intact.clone();
            damaged[at] ^= 1;
            assertThatThrownBy(() -> read(damaged))
                    .as("byte %d", at)
                    .isInstanceOf(IOException.class);
        }
        for (int length = 0; length < intact.length; length++) {
            byte[] cut = Arrays.copyOf(intact, length);
            assertThatThrownBy(() -> read(cut))
                    .as("cut at %d", length)
                    .isInstanceOf(IOException.class);
        }
    }
}
