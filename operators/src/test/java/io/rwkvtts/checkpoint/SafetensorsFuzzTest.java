package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.Vectors;
import io.rwkvtts.fuzz.FileFuzz;
import io.rwkvtts.fuzz.Mutator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spoilt checkpoints: an error of the documented kind or a right load, in bounded memory. */
class SafetensorsFuzzTest {

    private static final int CASES = 10_000;
    private static final long MAX_ALLOCATED = 16 << 20;

    @TempDir private Path directory;

    @Test
    void testSpoiltCheckpointsAreReadOrRefused() throws IOException {
        byte[][] originals = {
            original("naming/official-bf16.safetensors"),
            original("naming/fla-respark-xx-bf16.safetensors"),
            original("naming/webrwkv-f16.safetensors"),
        };
        FileFuzz fuzz =
                new FileFuzz(
                        directory.resolve("model.safetensors"),
                        ModelFormatException.class,
                        MAX_ALLOCATED);
        for (byte[] original : originals) {
            fuzz.warmUp(original, SafetensorsFuzzTest::load);
        }
        for (int i = 0; i < CASES; i++) {
            byte[] original = originals[i % originals.length];
            Mutator mutator = new Mutator(i);
            // The header is where a file can lie; a fault among the numbers is another number.
            boolean inHeader = i % 8 != 0;
            byte[] spoilt = inHeader ? inHeader(original, mutator, i) : mutator.mutate(original);
            fuzz.check(spoilt, "case " + i, SafetensorsFuzzTest::load);
        }
        fuzz.checkCounts(CASES);
    }

    /** Every other case gets the length of its spoilt header right, so that it is read at all. */
    private static byte[] inHeader(byte[] original, Mutator mutator, int i) {
        int headerBytes = (int) order(ByteBuffer.wrap(original)).getLong(0);
        if (i % 2 == 0) {
            return mutator.mutate(original, 8 + headerBytes);
        }
        byte[] header = new byte[headerBytes];
        System.arraycopy(original, 8, header, 0, headerBytes);
        byte[] spoilt = mutator.mutate(header);
        int dataBytes = original.length - 8 - headerBytes;
        return order(ByteBuffer.allocate(8 + spoilt.length + dataBytes))
                .putLong(spoilt.length)
                .put(spoilt)
                .put(original, 8 + headerBytes, dataBytes)
                .array();
    }

    private static void load(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.shape().width()).isEqualTo(64);
            assertThat(checkpoint.tensor("blocks.0.att.r_k")).hasSize(64);
        }
    }

    private static ByteBuffer order(ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] original(String name) throws IOException {
        return Files.readAllBytes(Vectors.file(name));
    }
}
