package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightFileTest {

    private static final int WIDTH = 100;
    private static final int ROWS = 2000;

    @TempDir private Path directory;

    @Test
    void testRowsAreAskedForAFewAtATimeAndInOrder() throws IOException {
        Path path = directory.resolve("weights.bin");
        List<Integer> asked = new ArrayList<>(List.of(0));
        WeightFile.Region region;
        try (WeightFile file = new WeightFile(path)) {
            file.append(new float[] {-1});
            region =
                    file.append(
                            (from, to) -> {
                                assertThat(from).isEqualTo(asked.get(asked.size() - 1));
                                asked.add(to);
                                assertThat((to - from) * WIDTH).isLessThanOrEqualTo(1 << 16);
                                return numbers(from * WIDTH, to * WIDTH);
                            },
                            ROWS,
                            WIDTH);
        }
        assertThat(asked).hasSizeGreaterThan(3).endsWith(ROWS);
        assertThat(region).isEqualTo(new WeightFile.Region(4096, 4L * ROWS * WIDTH));
        ByteBuffer written =
                ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[ROWS * WIDTH];
        written.position(4096).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        assertThat(values).isEqualTo(numbers(0, ROWS * WIDTH));
        assertThat(written.limit()).isEqualTo(4096 + 4 * ROWS * WIDTH);
    }

    @Test
    void testARowMayBeLongerThanThePieces() throws IOException {
        int width = 100_000;
        Path path = directory.resolve("weights.bin");
        try (WeightFile file = new WeightFile(path)) {
            file.append((from, to) -> numbers(from * width, to * width), 3, width);
        }
        assertThat(path).hasSize(4L * 3 * width);
    }

    private static float[] numbers(int from, int to) {
        float[] numbers = new float[to - from];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = from + i;
        }
        return numbers;
    }
}
