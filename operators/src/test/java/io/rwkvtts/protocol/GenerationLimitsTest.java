package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationLimitsTest {

    @Test
    void testValuesOutOfRangeAreRefused() {
        assertRefused(0, 0, "maxSemanticTokens is 0, expected 1 to 2048");
        assertRefused(0, 2049, "maxSemanticTokens is 2049");
        assertRefused(-1, 10, "minSemanticTokens is -1, expected 0 to");
        assertRefused(
                11, 10, "minSemanticTokens is 11, expected 0 to maxSemanticTokens, which is 10");
        assertThat(new GenerationLimits(2048, 2048).maxSemanticTokens()).isEqualTo(2048);
    }

    /** 50 · (2 + 0.6 · ideographs, kana and Hangul + 0.12 · others), from 100 to 2048. */
    @ParameterizedTest
    @CsvSource({
        "'', 0, 100",
        "a, 1, 106",
        "a, 10, 160",
        "a, 1000, 2048",
        "你, 1, 130",
        "你, 10, 400",
        "あ, 10, 400",
        "한, 10, 400",
        "𠀀, 10, 400",
        "😀, 10, 160",
        "你a, 10, 460",
        "你, 1000000, 2048"
    })
    void testTokensToReadATextGrowWithIt(String text, int repeated, int tokens) {
        assertThat(GenerationLimits.tokensToRead(text.repeat(repeated))).isEqualTo(tokens);
    }

    private static void assertRefused(int min, int max, String message) {
        assertThatThrownBy(() -> new GenerationLimits(min, max))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
