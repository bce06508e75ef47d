package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {

    @TempDir private Path checkpoint;

    @Test
    void testStateIsTheLargestFileThatIsNotMetadata() throws IOException {
        Files.write(checkpoint.resolve("_metadata"), bytes(3000));
        assertThatIllegalStateException().isThrownBy(() -> CheckpointFile.state(checkpoint));

        Files.write(checkpoint.resolve("small"), bytes(100));
        Files.write(checkpoint.resolve("large"), bytes(1001));

        assertThat(CheckpointFile.state(checkpoint).path()).isEqualTo(checkpoint.resolve("large"));
        assertThat(CheckpointFile.metadata(checkpoint).path())
                .isEqualTo(checkpoint.resolve("_metadata"));
    }

    @Test
    void testFlipChangesBytesInTheMiddle() throws IOException {
        byte[] before = bytes(1001);
        Path file = Files.write(checkpoint.resolve("state"), before);

        new CheckpointFile(file).flip();

        byte[] after = Files.readAllBytes(file);
        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.length; i++) {
            boolean flipped = i >= 468 && i < 532;
            assertThat(after[i]).as("byte " + i).isEqualTo(flipped ? (byte) ~before[i] : before[i]);
        }
    }

    @Test
    void testFlipOfAShortFileFlipsAllOfIt() throws IOException {
        Path file = Files.write(checkpoint.resolve("state"), new byte[] {1, 2, 3});

        new CheckpointFile(file).flip();

        assertThat(Files.readAllBytes(file)).containsExactly(~1, ~2, ~3);
    }

    @Test
    void testCutLeavesTheFirstHalf() throws IOException {
        byte[] before = bytes(1001);
        Path file = Files.write(checkpoint.resolve("state"), before);

        new CheckpointFile(file).cut();

        assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(before, 500));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        return bytes;
    }
}
