package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedFileTest {

    @TempDir private Path directory;

    /** Pieces from one byte on cut numbers, too. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 64, 100, 101, 102, 1000})
    void testReadsCrossTheBordersOfPieces(int pieceBytes) throws IOException {
        byte[] content = new byte[101];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 37);
        }
        Path path = Files.write(directory.resolve("bytes"), content);
        MappedFile file = MappedFile.open(path, pieceBytes);
        assertThat(file.size()).isEqualTo(content.length);
        for (int from = 0; from <= content.length; from++) {
            byte[] read = new byte[content.length - from];
            file.read(from, read, 0, read.length);
            assertThat(read).isEqualTo(Arrays.copyOfRange(content, from, content.length));
        }
        assertThat(file.stream(2, 90).readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 2, 92));
    }

    @Test
    void testReadsBeyondTheEndAreRefused() throws IOException {
        MappedFile file = MappedFile.open(Files.write(directory.resolve("bytes"), new byte[10]));
        assertThatThrownBy(() -> file.read(8, new byte[3], 0, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> file.stream(-1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void testUnalignedNumbersAreReadAcrossPieces() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(5 + 4 * 50).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(5);
        for (int i = 0; i < 50; i++) {
            bytes.putFloat(i / 3f);
        }
        Path path = Files.write(directory.resolve("floats"), bytes.array());
        StoredTensor tensor =
                new StoredTensor("t", "F32", List.of(50L), MappedFile.open(path, 17), 5);
        float[] values = new float[52];
        tensor.read(0, values, 1, 50);
        for (int i = 0; i < 50; i++) {
            assertThat(values[1 + i]).isEqualTo(i / 3f);
        }
    }

    /** A sparse file: its 5 GiB take no room on the disk. */
    @Test
    void testPositionsAfterFourGibibytesAreRead() throws IOException {
        long position = 5L << 30;
        Path path = directory.resolve("large");
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), position - 2);
        }
        MappedFile file = MappedFile.open(path);
        byte[] read = new byte[6];
        file.read(position - 4, read, 0, 6);
        assertThat(file.size()).isEqualTo(position + 2);
        assertThat(read).containsExactly(0, 0, 1, 2, 3, 4);
    }
}
