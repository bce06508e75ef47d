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

/**
 * Holds the bytes of the job's sound to a golden file of each version.
 *
 * <p>A new version: raise {@link SoundFormat#VERSION}, add a test, and write its golden file with
 *
 * <pre>{@code
 * mvn test -pl operators -am -Dtest=SoundFormatTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dtts.snapshots.write=true
 * }</pre>
 *
 * <p>The file of a version that was released must never be written again.
 */
class SoundFormatTest {

    private static final SoundSnapshot SOUND = sound(null);

    /** Of a request that is on a side of an experiment. */
    private static final SoundSnapshot SIDED = sound("short:b");

    private static SoundSnapshot sound(String arm) {
        return new SoundSnapshot(
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
                false,
                arm);
    }

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

    private static Path golden(int version) {
        return Path.of("src/test/resources/snapshots/sound-v" + version + ".bin");
    }

    /** Requests on no side of an experiment have the bytes of the version before. */
    @Test
    void testReadsAndWritesVersion1() throws IOException {
        assertGolden(1, SOUND);
    }

    /** The file was written by the current version; see the class on how to write the next one. */
    @Test
    void testReadsAndWritesVersion2() throws IOException {
        if (Boolean.getBoolean("tts.snapshots.write")) {
            Files.write(golden(SoundFormat.VERSION), bytes(SIDED));
        }
        assertGolden(2, SIDED);
    }

    private static void assertGolden(int version, SoundSnapshot sound) throws IOException {
        byte[] golden = Files.readAllBytes(golden(version));
        assertThat(golden[0]).isEqualTo((byte) version);
        assertThat(read(golden)).usingRecursiveComparison().isEqualTo(sound);
        assertThat(bytes(sound)).isEqualTo(golden);
    }

    @Test
    void testRefusesAnUnknownVersion() throws IOException {
        for (byte version : new byte[] {0, SoundFormat.VERSION + 1}) {
            byte[] bytes = bytes(SIDED);
            bytes[0] = version;
            assertThatThrownBy(() -> read(bytes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("version " + version)
                    .hasMessageContaining("versions 1 to 2");
        }
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
                        false,
                        null);
        SoundSnapshot failed =
                new SoundSnapshot(
                        "r",
                        -1,
                        new WindowPlan(10, 25, 25, 5),
                        new SoundPosition(1, 0, 0),
                        List.of(),
                        SpeechEnd.failed("why"),
                        true,
                        "short:a");
        assertThat(read(bytes(fresh))).usingRecursiveComparison().isEqualTo(fresh);
        assertThat(read(bytes(failed))).usingRecursiveComparison().isEqualTo(failed);
    }

    @Test
    void testEachDamagedByteIsNoticed() throws IOException {
        byte[] intact = bytes(SIDED);
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
