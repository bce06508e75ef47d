package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.model.Vectors;
import io.rwkvtts.text.WorldTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdSpaceTest {

    /** Its text ends at 12584, SPCT_0 to SPCT_99 at 12685. */
    private static final WorldTokenizer MINI =
            WorldTokenizer.load(Vectors.file("mini_tokenizer.json"));

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

    @Test
    void testPaddingAndALargerHeadAreAccepted() {
        assertThat(IdSpace.of(12688, 12688, MINI).spct0()).hasValue(12586);
    }

    @Test
    void testAnOlderModelHasNoPropertyIds() {
        assertThat(IdSpace.of(MINI.largestTextId() + 1, 8193, MINI).spct0()).isEmpty();
        assertThat(IdSpace.of(12685, 8193, MINI).spct0()).isEmpty();
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
