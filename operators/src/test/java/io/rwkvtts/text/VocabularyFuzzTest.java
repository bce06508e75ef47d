package io.rwkvtts.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.fuzz.FileFuzz;
import io.rwkvtts.fuzz.Mutator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spoilt vocabularies: an error of the documented kind or a right load, in bounded memory. */
class VocabularyFuzzTest {

    private static final int CASES = 10_000;
    private static final long MAX_ALLOCATED = 64 << 20;
    private static final String TEXT = "The quick 棕色 fox 🦊\n";

    @TempDir private Path directory;

    @Test
    void testSpoiltVocabulariesAreReadOrRefused() throws IOException {
        VocabularyFixture vocabulary = new VocabularyFixture("the", "quick", "棕", "fox ");
        byte[][] originals = {
            (String.join("\n", vocabulary.lines()) + "\n").getBytes(UTF_8),
            vocabulary.rawJson().toString().getBytes(UTF_8),
            withoutSpeech(vocabulary.unifiedJson()).toString().getBytes(UTF_8),
        };
        FileFuzz fuzz =
                new FileFuzz(
                        directory.resolve("vocabulary"), VocabularyException.class, MAX_ALLOCATED);
        for (byte[] original : originals) {
            fuzz.warmUp(original, VocabularyFuzzTest::load);
        }
        for (int i = 0; i < CASES; i++) {
            byte[] spoilt = new Mutator(i).mutate(originals[i % originals.length]);
            fuzz.check(spoilt, "case " + i, VocabularyFuzzTest::load);
        }
        fuzz.checkCounts(CASES);
    }

    /** Leaves out most of the control entries that a reader has no need of. */
    private static ObjectNode withoutSpeech(ObjectNode json) {
        List<String> speech = new ArrayList<>();
        for (int id = 1; id < 12_291; id++) {
            if (id < 8192 || id > 8196) {
                speech.add(Integer.toString(id));
            }
        }
        return json.remove(speech);
    }

    private static void load(Path file) {
        WorldTokenizer tokenizer = WorldTokenizer.load(file);
        assertThat(tokenizer.decode(tokenizer.encode(TEXT))).isEqualTo(TEXT);
    }
}
