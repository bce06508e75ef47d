package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.UnicodeSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that sound the same have one form, however they are written and arrive. */
class NormalizedTextTest {

    private static final String SENTENCE = "Hello there, Zoë. It's 3.5!";

    /** Of Unicode's properties, the joiners left out: they are spelling in some scripts. */
    private static final UnicodeSet SILENT =
            new UnicodeSet(
                    "[[[:Cf:][:Cc:][:Default_Ignorable_Code_Point:]"
                            + "[:Noncharacter_Code_Point:]\\uFFFC]"
                            + "-[:White_Space:]-[\\u001C-\\u001F]-[\\u200B-\\u200D]-[:Cs:]]");

    private static final UnicodeSet BLANKS =
            new UnicodeSet(
                    "[[[:White_Space:][\\u001C-\\u001F\\u2800]]-[\\u000A-\\u000D\\u0085\\u2028\\u2029]]");

    private static final String[] PARTS = {
        "a",
        "e",
        "o",
        "\u0301",
        "\u0323",
        "\u0308",
        "Å",
        "\u212B",
        "é",
        ".",
        "!",
        "。",
        "\"",
        "”",
        " ",
        "\t",
        "\u00A0",
        "\u3000",
        "\r",
        "\n",
        "\r\n",
        "\u2028",
        "\u2029",
        "\f",
        "\u0085",
        "\uFEFF",
        "\u00AD",
        "\u200B",
        "\u200C",
        "\u200D",
        "\u200E",
        "\u2060",
        "\uFE0F",
        "\0",
        "\u001F",
        "你",
        "が",
        "か",
        "\u3099",
        "ᄒ",
        "ᅡ",
        "ᆫ",
        "한",
        "क",
        "\u094D",
        "\u093C",
        "র",
        "\u09CD",
        "য",
        "ی",
        "م",
        "ه",
        "\u0651",
        "👩",
        "🏽",
        "💻",
        "❤",
        "🔥",
        "\uDB40\uDC67",
        "ﬁ",
        "Ａ",
        "１",
        "𠮷",
        "\u0958",
        "\uFFFC",
        "=",
        "\u0338"
    };

    @Test
    void testEveryCharacterWithoutSoundIsLeftOutWhereverItStands() {
        assertThat(SILENT.size()).isGreaterThan(4_000);
        for (UnicodeSet.EntryRange range : SILENT.ranges()) {
            for (int c = range.codepoint; c <= range.codepointEnd; c++) {
                String silent = Character.toString(c);
                for (int at = 0; at <= SENTENCE.length(); at++) {
                    String text = SENTENCE.substring(0, at) + silent + SENTENCE.substring(at);
                    assertThat(NormalizedText.of(text))
                            .as("U+%04X at %d", c, at)
                            .isEqualTo(SENTENCE);
                }
            }
        }
    }

    @Test
    void testEveryBlankAndEveryRunOfThemIsOneBlank() {
        assertThat(BLANKS.size()).isGreaterThan(20);
        for (UnicodeSet.EntryRange range : BLANKS.ranges()) {
            for (int c = range.codepoint; c <= range.codepointEnd; c++) {
                String blank = Character.toString(c);
                assertThat(NormalizedText.of(SENTENCE.replace(" ", blank)))
                        .as("U+%04X", c)
                        .isEqualTo(SENTENCE);
                assertThat(NormalizedText.of(SENTENCE.replace(" ", " " + blank + "\u200B" + blank)))
                        .as("U+%04X", c)
                        .isEqualTo(SENTENCE);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'a\nb', 'a\nb'",
        "'a\r\nb', 'a\nb'",
        "'a \r\n\t b', 'a\nb'",
        "'a\rb', 'a\nb'",
        "'a\u0085b', 'a\nb'",
        "'a\u2028b', 'a\nb'",
        "'a\n\nb', 'a\n\nb'",
        "'a\r\n\r\n\r\n b', 'a\n\nb'",
        "'a\u2029b', 'a\n\nb'",
        "'a\fb', 'a\n\nb'",
    })
    void testLineBreaksStayAndParagraphsStay(String text, String normalized) {
        assertThat(NormalizedText.of(text)).isEqualTo(normalized);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "می\u200Cخواهم",
                "خانه\u200Cها",
                "क्\u200Dष",
                "क्\u200C",
                "അവന്\u200D",
                "র\u200D্য",
                "ශ්\u200Dරී",
                "👩\u200D💻",
                "👩🏽\u200D💻",
                "❤\u200D🔥",
                "ＡＢＣ！",
                "１２３",
                "ﬁn ² ½ ™",
                "ｶﾞ",
                "“Quotes” – and ‘others’…",
            })
    void testWhatBelongsToTheSpellingStays(String text) {
        assertThat(NormalizedText.of(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "Auf\u200Clage, Auflage",
        "a\u200Db, ab",
        "کار\u200Cها, کارها",
        "می\u200C خواهم, می خواهم",
        "👩\u200Dx, 👩x",
        "می\u200C\u200C\u200Dخواهم, می\u200Cخواهم",
        "☺\uFE0F ☺, ☺ ☺",
        "you.\u200BPlease, you. Please",
        "you.”\u200BPlease, you.” Please",
        "Hel\u200Blo, Hello",
        "ភាសា\u200Bខ្មែរ, ភាសាខ្មែរ",
        "Cafe\u0301, Café",
        "e\u200D\u0301, é",
        "か\u3099, が",
        "\u212B, Å",
        "하\u11ab, 한",
    })
    void testWhatDoesNotIsLeftOutOrComposed(String text, String normalized) {
        assertThat(NormalizedText.of(text)).isEqualTo(normalized);
    }

    @Test
    void testAnyPiecesGiveTheSameText() {
        Random random = new Random(12);
        for (int i = 0; i < 20_000; i++) {
            String text = randomText(random, 1 + random.nextInt(12));
            String whole = NormalizedText.of(text);
            NormalizedText pieces = new NormalizedText();
            for (int from = 0; from < text.length(); ) {
                int to = from + 1 + random.nextInt(text.length() - from);
                if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                    to++;
                }
                pieces.append(text.substring(from, to));
                assertThat(whole).as(escaped(text)).startsWith(pieces.text());
                if (random.nextBoolean()) {
                    pieces = NormalizedText.restore(pieces.text().toString(), pieces.pending());
                }
                from = to;
            }
            pieces.complete();
            assertThat(pieces.text().toString()).as(escaped(text)).isEqualTo(whole);
            assertThat(pieces.pending()).isEmpty();
        }
    }

    @Test
    void testTheNormalFormIsItsOwnAndInNfcAndThatOfEquivalentTexts() {
        Random random = new Random(13);
        for (int i = 0; i < 50_000; i++) {
            String text = randomText(random, 1 + random.nextInt(12));
            String normalized = NormalizedText.of(text);
            assertThat(Normalizer2.getNFCInstance().isNormalized(normalized)).isTrue();
            assertThat(NormalizedText.of(normalized)).as(escaped(text)).isEqualTo(normalized);
            assertThat(NormalizedText.of(Normalizer2.getNFDInstance().normalize(text)))
                    .as(escaped(text))
                    .isEqualTo(normalized);
        }
    }

    /** A sentence is to be generated without waiting for more than its mark. */
    @Test
    void testOnlyWhatALaterPieceCanChangeIsHeldBack() {
        NormalizedText text = new NormalizedText();
        text.append("今天天气不错。");
        assertThat(text.pending()).isEmpty();
        text.append("Yes");
        assertThat(text.pending()).isEqualTo("s");
        text.append("! \r");
        assertThat(text.pending()).isEqualTo(" \r");
        text.append("\n\n");
        assertThat(text.pending()).isEmpty();
        assertThat(text.text().toString()).isEqualTo("今天天气不错。Yes!\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0301", "\u0301\u0323", "\u200D", "\u0301\u200D", " ", "\r\n", "ᅡ"})
    @Timeout(60)
    void testALongRunOfAnythingCostsNoMoreThanItsLength(String part) {
        NormalizedText text = new NormalizedText();
        text.append("a");
        for (int i = 0; i < 300_000; i++) {
            text.append(part);
        }
        text.complete();
        assertThat(text.text()).isNotEmpty();
    }

    private static String randomText(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> escaped.append(String.format("U+%04X %s ", c, UCharacter.getName(c))));
        return escaped.toString();
    }
}
