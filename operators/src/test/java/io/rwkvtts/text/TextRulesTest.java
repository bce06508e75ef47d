package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "😊", "a𠮷b", "\uFFFD\uE000"})
    void testWellFormedTextHasNoLoneSurrogate(String text) {
        assertThat(TextRules.loneSurrogate(text)).isEqualTo(-1);
        assertThatCode(() -> TextRules.requireWellFormed(text)).doesNotThrowAnyException();
    }

    @Test
    void testTheFirstLoneSurrogateIsFound() {
        assertThat(TextRules.loneSurrogate("\uD83D")).isZero();
        assertThat(TextRules.loneSurrogate("\uDE0A")).isZero();
        assertThat(TextRules.loneSurrogate("a\uDE0A\uD83D")).isEqualTo(1);
        assertThat(TextRules.loneSurrogate("😊\uD83D")).isEqualTo(2);
        assertThat(TextRules.loneSurrogate("\uD83D😊")).isZero();
        assertThatThrownBy(() -> TextRules.requireWellFormed("ab\uDE0A"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("U+DE0A, at index 2");
    }

    @Test
    void testALongTextIsQuotedByItsBeginning() {
        String longest = "x".repeat(62) + "😊";
        assertThat(TextRules.excerpt(longest)).isEqualTo(longest);
        assertThat(TextRules.excerpt(longest + "y")).isEqualTo(longest + "…");
        assertThat(TextRules.excerpt("x" + longest)).isEqualTo("x".repeat(63) + "…");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "...7", "你", "½", "③", "Ⅷ", "𠮷", "！ü"})
    void testALetterOrNumberOfAnyScriptCanBeSpoken(String text) {
        assertThat(TextRules.speakable(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\u3000", "...!", "😊👍🏽", "\u0301", "$%&", "\uFEFF\u200B"})
    void testMarksBlanksAndEmojiAloneCanNot(String text) {
        assertThat(TextRules.speakable(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`a\nb` | a b",
                "`a \r\n \n b` | a b",
                "`a  b` | `a  b`",
                "`a\u2028b\u0085c` | a b c",
                "`你好\n\n世界` | 你好世界",
                "`你好\nhello\n世界` | 你好hello世界",
                "`\na\n` | ` a `",
                "`你\u3000好` | `你\u3000好`",
                "`` | ``",
            })
    void testRunsOfLineBreaksBecomeOneBlank(String text, String expected) {
        assertThat(LineBreaks.toBlanks(text)).isEqualTo(expected);
    }
}
