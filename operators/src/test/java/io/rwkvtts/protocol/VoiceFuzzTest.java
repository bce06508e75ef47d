package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.Vectors;
import io.rwkvtts.fuzz.FileFuzz;
import io.rwkvtts.fuzz.Mutator;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spoilt voices: an error of the documented kind or a right load, in bounded memory. */
class VoiceFuzzTest {

    private static final int CASES = 10_000;
    private static final long MAX_ALLOCATED = 64 << 20;

    private final WorldTokenizer tokenizer = WorldTokenizer.load(Vectors.file("mini_vocab.txt"));

    @TempDir private Path directory;

    @Test
    void testSpoiltVoicesAreReadOrRefused() throws IOException {
        byte[][] originals = {
            Files.readAllBytes(Vectors.file("voice-a.raf.json")),
            Files.readAllBytes(Vectors.file("voice-b.raf.json")),
        };
        FileFuzz fuzz =
                new FileFuzz(
                        directory.resolve("voice.raf.json"),
                        VoiceFileException.class,
                        MAX_ALLOCATED);
        for (byte[] original : originals) {
            fuzz.warmUp(original, this::load);
        }
        for (int i = 0; i < CASES; i++) {
            byte[] spoilt = new Mutator(i).mutate(originals[i % originals.length]);
            fuzz.check(spoilt, "case " + i, this::load);
        }
        fuzz.checkCounts(CASES);
    }

    /** A voice that was let in can be made a prompt of. */
    private void load(Path file) {
        Voice voice = VoiceFileReader.read(file).voice();
        tokenizer.encode(voice.transcript());
        assertThat(voice.globals()).hasSize(32);
        assertThat(Arrays.stream(voice.globals())).allMatch(token -> token >= 0 && token < 4096);
        assertThat(Arrays.stream(voice.semantics())).allMatch(token -> token >= 0 && token < 8192);
    }
}
