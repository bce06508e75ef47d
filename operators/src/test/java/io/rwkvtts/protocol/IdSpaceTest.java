package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdSpaceTest {

    /** Its text ends at 12584, SPCT_0 to SPCT_99 at 12685. */
    private static final WorldTokenizer MINI =
            WorldTokenizer.load(Vectors.file("mini_tokenizer.json"));

    @TempDir private Path directory;

    @Test
    void testConstantsAreThoseOfTheVectors() {
        JsonNode layout = Vectors.json("tts.json").get("layout");
        assertThat(IdSpace.EOS).isEqualTo(layout.get("eos").asInt());
        assertThat(IdSpace.TAG_0).isEqualTo(layout.get("tag_0").asInt());
        assertThat(IdSpace.TAG_1).isEqualTo(layout.get("tag_1").asInt());
        assertThat(IdSpace.TAG_2).isEqualTo(layout.get("tag_2").asInt());
        assertThat(IdSpace.GLOBAL_OFFSET).isEqualTo(layout.get("global_offset").asInt());
        assertThat(IdSpace.GLOBAL_OFFSET + IdSpace.GLOBAL_ALPHABET)
                .isEqualTo(layout.get("text_offset").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json"})
    void testPropertyIdsComeFromTheVocabulary(String vocabulary) {
        JsonNode tts = Vectors.json("tts.json");
        WorldTokenizer tokenizer = WorldTokenizer.load(Vectors.file(vocabulary));
        IdSpace ids = IdSpace.of(tts.get("vocab_rows").asInt(), 8193, tokenizer);
        assertThat(ids.spct0()).hasValue(tts.get("layout").get("spct_0").asInt());
    }

    /** The whole table of 12686 rows, or the 394 of the text alone. */
    @ParameterizedTest
    @ValueSource(ints = {12688, 12704, 12736, 12800, 13312, 12292 + 400, 12292 + 512})
    void testPaddingAndALargerHeadAreAccepted(int vocabRows) {
        assertThat(IdSpace.of(vocabRows, vocabRows, MINI).spct0()).hasValue(12586);
    }

    /** The text has 293 rows. */
    @ParameterizedTest
    @ValueSource(ints = {12585, 12592, 12608, 12292 + 296, 12292 + 320})
    void testAnOlderModelHasNoPropertyIds(int vocabRows) {
        assertThat(IdSpace.of(vocabRows, 8193, MINI).spct0()).isEmpty();
    }

    /** Among them 12649, the model of a vocabulary that is but little smaller. */
    @ParameterizedTest
    @ValueSource(ints = {12584, 12586, 12649, 12685, 12687, 12689, 12690, 77923})
    void testAModelOfAnotherVocabularyIsRefused(int vocabRows) {
        assertThatThrownBy(() -> IdSpace.of(vocabRows, 8193, MINI))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the vocabulary does not fit the model")
                .hasMessageContaining(vocabRows + " rows of emb.weight");
    }

    /** Of the 292 tokens that the model of the vectors was trained with some are missing. */
    @ParameterizedTest
    @ValueSource(ints = {291, 290, 289, 280, 257})
    void testAVocabularyThatWasCutIsRefused(int tokens) throws IOException {
        List<String> lines = Files.readAllLines(Vectors.file("mini_vocab.txt")).subList(0, tokens);
        assertVocabularyRefused(lines);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 40, 100})
    void testAVocabularyWithMoreTokensIsNoOlderModel(int more) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(Vectors.file("mini_vocab.txt")));
        for (int i = 0; i < more; i++) {
            lines.add("%d 'more%03d' 7".formatted(293 + i, i));
        }
        assertVocabularyRefused(lines);
    }

    private void assertVocabularyRefused(List<String> lines) throws IOException {
        WorldTokenizer other =
                WorldTokenizer.load(Files.write(directory.resolve("vocab.txt"), lines));
        assertThatThrownBy(() -> IdSpace.of(12686, 8193, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the vocabulary does not fit the model")
                .hasMessageContaining("12686 rows of emb.weight");
    }

    @Test
    void testAModelWithTooFewRowsForTheTextIsRefused() {
        assertThatThrownBy(() -> IdSpace.of(MINI.largestTextId(), 8193, MINI))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its last id is " + MINI.largestTextId())
                .hasMessageContaining("the model has " + MINI.largestTextId() + " rows");
    }

    @Test
    void testAModelOfAMuchLargerVocabularyIsRefused() {
        assertThatThrownBy(() -> IdSpace.of(77923, 8193, MINI))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its last id is 12685")
                .hasMessageContaining("77923 rows of emb.weight, expected 12686");
    }

    @Test
    void testAModelThatCannotEndSpeechIsRefused() {
        assertThatThrownBy(() -> IdSpace.of(12686, 8192, MINI))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8192 rows of head.weight, expected at least 8193");
    }
}
