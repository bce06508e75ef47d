package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where texts are cut. */
class SegmenterTest {

    private final Segmenter segmenter = new Segmenter();

    /** Cuts at every sentence end, so that a test needs no long sentences. */
    private final Segmenter eager = new Segmenter(0, Segmenter.DEFAULT_MAX_UNITS);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Hello, world!",
                "你好，世界！",
                "a",
                "7",
                "Hello",
                "two  spaces",
                "<|tag_0|>",
                "Smile 😊",
            })
    void testAShortSentenceComesOutAsItself(String text) {
        assertThat(segmenter.split(text)).containsExactly(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\n", "...", "?!", " — ", "😊", "\u3000。", "* * *\n* * *"})
    void testATextWithNothingToSpeakHasNoSegment(String text) {
        assertThat(segmenter.split(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "One here. Two here? Three! Four | One here. / Two here? / Three! / Four",
                "What?! No... Yes. | What?! / No... / Yes.",
                "He said \"Go.\" She went. | He said \"Go.\" / She went.",
                "(He went.) [She too.] End | (He went.) / [She too.] / End",
                "你好。世界！好吗？好 | 你好。 / 世界！ / 好吗？ / 好",
                "他说：“你好。”她说：“好！”然后 | 他说：“你好。” / 她说：“好！” / 然后",
                "（好。）【好！】完 | （好。） / 【好！】 / 完",
                "Hello.你好. World!好 | Hello. / 你好. / World! / 好",
                "真的？！！好 | 真的？！！ / 好",
                "한국어입니다. 좋아요! 네 | 한국어입니다. / 좋아요! / 네",
                "Wait… What. Then | Wait… / What. / Then",
            })
    void testSentencesEndAfterTheirMarksAndClosers(String text, String segments) {
        assertThat(eager.split(text)).containsExactly(segments.split(" / "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "It costs 3.14 or 1,000.50 euros",
                "Mr. Smith met Dr. Jones and Prof. X",
                "For example, e.g. this, i.e. that, etc. and so on",
                "J. R. R. Tolkien wrote it",
                "The U.S. army at 5 p.m. with a Ph.D. degree",
                "See example.com/a?b=1&c=2!d for more",
                "Version 2.0.1 is out",
                "ST. PAUL vs. LTD. and INC. things",
                "第3.5章和12.5%",
                "Yahoo!Inc and what?ever",
                "Well; then: so, there",
            })
    void testMarksInsideASentenceDoNotEndIt(String text) {
        assertThat(eager.split(text)).containsExactly(text);
    }

    @Test
    void testAWordThatOnlyEndsLikeAnAbbreviationEndsTheSentence() {
        assertThat(eager.split("Call the fdr. So do I. And visit example.com. Bye"))
                .containsExactly("Call the fdr.", "So do I.", "And visit example.com.", "Bye");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\n\n\n", " \n \n ", "\u0085", "\u2028", "\u2029", "\f"})
    void testALineBreakEndsASegment(String lineBreak) {
        assertThat(eager.split("First line" + lineBreak + "Second line"))
                .containsExactly("First line", "Second line");
    }

    @Test
    void testShortSentencesAreJoinedUntilTheyAreLongEnough() {
        assertThat(segmenter.split("Yes. No. I do not know. Ask me again tomorrow. Bye."))
                .containsExactly("Yes. No. I do not know.", "Ask me again tomorrow.", "Bye.");
        assertThat(segmenter.split("好。是的。我们去公园散步吧。今天天气不错。再见。"))
                .containsExactly("好。是的。我们去公园散步吧。", "今天天气不错。", "再见。");
    }

    @Test
    void testJoinedLinesHaveABlankInPlaceOfTheLineBreak() {
        assertThat(segmenter.split("Dear Sir\n\nhello\r\nthere and so on\nBye"))
                .containsExactly("Dear Sir hello there and so on", "Bye");
        assertThat(segmenter.split("你好\n\n世界\n你好")).containsExactly("你好世界你好");
    }

    @Test
    void testPiecesWithoutLetterOrNumberAreLeftOut() {
        assertThat(eager.split("---\nHello.\n* * *\n!!! ... Next one.\n😊😊\n"))
                .containsExactly("Hello.", "Next one.");
    }

    @Test
    void testBlanksAroundSegmentsAreNotPartOfThem() {
        assertThat(eager.split("\u00A0 \t\u3000Hello  you. \u00A0 \u3000 Next.\u00A0\n "))
                .containsExactly("Hello  you.", "Next.");
    }

    @Test
    void testALongSentenceIsCutAfterTheLastClauseMarkThatFits() {
        Segmenter small = new Segmenter(10, 40);

        assertThat(small.split("one two, three four five six, seven 1,000 eight nine ten"))
                .containsExactly("one two, three four five six,", "seven 1,000 eight nine ten");
        assertThat(small.split("今天天气不错，我们去公园散步吧今天天气"))
                .containsExactly("今天天气不错，", "我们去公园散步吧今天", "天气");
    }

    @Test
    void testALongSentenceWithoutClausesIsCutAtABlank() {
        assertThat(new Segmenter(10, 20).split("one, twoo three four five six seven eight"))
                .containsExactly("one, twoo three four", "five six seven eight");
    }

    @Test
    void testALongSentenceAfterAShortOneLeavesTheShortOneWhole() {
        assertThat(new Segmenter(10, 20).split("Oh no! Aaaaa bbbbb, ccccc ddddd."))
                .containsExactly("Oh no!", "Aaaaa bbbbb,", "ccccc ddddd.");
    }

    @Test
    void testTextWithoutAnyPlaceToCutIsCutBetweenCharacters() {
        Segmenter small = new Segmenter(0, 8);

        assertThat(small.split("x".repeat(20))).containsExactly("xxxxxxxx", "xxxxxxxx", "xxxx");
        assertThat(small.split("𠮷".repeat(5))).containsExactly("𠮷𠮷", "𠮷𠮷", "𠮷");
        assertThat(small.split("a1234567e\u0301\u0302z"))
                .containsExactly("a1234567", "e\u0301\u0302z");
        assertThat(small.split("a123456e\u0301\u0302z"))
                .containsExactly("a123456", "e\u0301\u0302z");
        assertThat(small.split("a12345👨\u200D👩\u200D👧z"))
                .containsExactly("a12345", "👨\u200D👩\u200D👧z");
        assertThat(small.split("e" + "\u0301".repeat(20)).get(0)).hasSize(8);
    }

    @Test
    void testASentenceThatJustFitsIsNotCut() {
        Segmenter small = new Segmenter(0, 20);

        assertThat(small.split("aaaa bbbb, cccc ddd. Next"))
                .containsExactly("aaaa bbbb, cccc ddd.", "Next");
        assertThat(small.split("aaaa bbbb, cccc dddd. Next"))
                .containsExactly("aaaa bbbb,", "cccc dddd.", "Next");
    }

    @Test
    void testASegmentIsOutWithTheFirstLetterOfTheNextSentence() {
        String sentence = "How are you doing today?";
        Segmenter.Segment whole = new Segmenter.Segment(sentence, 0, sentence.length());

        assertThat(segmenter.next(sentence, 0, false)).isEmpty();
        assertThat(segmenter.next(sentence + " ", 0, false)).isEmpty();
        assertThat(segmenter.next(sentence + " F", 0, false)).hasValue(whole);
        assertThat(segmenter.next(sentence + " f", 0, false)).isEmpty();
        assertThat(segmenter.next(sentence + "\n", 0, false)).isEmpty();
        assertThat(segmenter.next(sentence + "\n\n", 0, false)).hasValue(whole);
        assertThat(segmenter.next(sentence, 0, true)).hasValue(whole);
    }

    @Test
    void testAMarkWithoutOtherUseEndsTheSegmentOneCharacterLater() {
        String sentence = "今天天气不错。";
        Segmenter.Segment whole = new Segmenter.Segment(sentence, 0, sentence.length());

        assertThat(segmenter.next(sentence, 0, false)).isEmpty();
        assertThat(segmenter.next(sentence + " ", 0, false)).hasValue(whole);
        assertThat(segmenter.next(sentence + "我", 0, false)).hasValue(whole);
    }

    @Test
    void testATooLongSentenceInLowerCaseIsCutAfterAMark() {
        assertThat(
                        new Segmenter(10, 40)
                                .split("hello there. how are you? i am fine, thanks. and you?"))
                .containsExactly("hello there. how are you?", "i am fine, thanks. and you?");
    }

    @Test
    void testTextInFrontOfAPlaceDoesNotMatter() {
        String text = "Mr. Smith went home early. Dr. Jones stayed there for long. 你好。我们走吧。Bye";

        int from = 0;
        for (var next = segmenter.next(text, from, true);
                next.isPresent();
                next = segmenter.next(text, from, true)) {
            var alone = segmenter.next(text.substring(from), 0, true).orElseThrow();
            assertThat(alone.text()).isEqualTo(next.get().text());
            assertThat(alone.end() + from).isEqualTo(next.get().end());
            from = next.get().end();
        }
        assertThat(from).isEqualTo(text.length());
    }

    @Test
    void testASegmentHasAtMostTheUnitsOfItsLimit() {
        assertThat(segmenter.split("word ".repeat(2_000)))
                .hasSizeBetween(50, 60)
                .allMatch(segment -> segment.length() <= 200);
        assertThat(segmenter.split("字".repeat(1_000)))
                .hasSize(20)
                .allMatch(segment -> segment.length() == 50);
    }

    @Test
    void testLengthsThatContradictEachOtherAreRefused() {
        for (int[] lengths : List.of(new int[] {-1, 20}, new int[] {21, 20}, new int[] {0, 7})) {
            assertThatThrownBy(() -> new Segmenter(lengths[0], lengths[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("segments of " + lengths[0] + " to " + lengths[1]);
        }
    }
}
