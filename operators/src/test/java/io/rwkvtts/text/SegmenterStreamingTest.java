package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.text.Segmenter.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However a text arrives, its segments are the same. */
class SegmenterStreamingTest {

    private static final String[] PARTS = {
        "a",
        "b",
        "I",
        "Word",
        "word ",
        "Mr",
        "Dr.",
        "e.g",
        "U.S.",
        "p.m.",
        "etc",
        ".",
        ".",
        "!",
        "?",
        "…",
        "...",
        "。",
        "！",
        "？",
        ",",
        ", ",
        ";",
        ":",
        "，",
        "、",
        "；",
        "—",
        "\"",
        "'",
        "”",
        "“",
        "）",
        "(",
        ")",
        "1",
        "2",
        "3.14",
        "1,000",
        " ",
        " ",
        "  ",
        "\u00A0",
        "\u3000",
        "\n",
        "\r\n",
        "\n\n",
        "\u2028",
        "你",
        "好",
        "天气",
        "かな",
        "한국",
        "𠮷",
        "😊",
        "👍🏽",
        "👨\u200D👩",
        "e\u0301",
        "\u0301",
        "<|tag_0|>",
        "http://x.y/?z",
        "\uFEFF",
        "\0",
        "।",
        "؟",
        "۔ ",
        "．",
        "１",
        ";",
        "ς",
        "“",
        "„",
        "«",
        " »",
        "*",
        "**",
        "[1]",
        "[",
        "]",
        "¹",
        "am ",
        "im ",
        "Oktober",
        "Sept",
        "3. ",
        "Sec. ",
        " - ",
        "II. ",
        "¿",
        "Upper "
    };

    private static final String[] TEXTS = {
        "Hello, world!",
        "Mr. Smith paid 3.50 euros to Dr. Jones (e.g. for wine). \"Fine.\" he said! Was it? Yes.",
        "他说：“你好。”她说：“3.5元！”然后……走了。今天天气不错，我们去公园散步吧。",
        "Title\n\n1. First point.\n2. Second point; more.\n\n* * *\nThe end…  \n",
        "No marks at all just words and words and words and words until the limit is reached",
        "𠮷𠮷𠮷😊😊👍🏽。𠮷𠮷",
        "Am 3. Oktober kam sie. „Gut.“ Dann ging er? **Ja.** Sec. 4 of it... maybe[1]. Yes.[2] No",
        "« Oui. » Puis. \"Is it?\" she asked\non a wrapped\nline. Next\n\nOne II. Two.\nIII. Three",
        "यह है। वह है॥ هل هنا؟ نعم۔ Τι κάνεις; Καλά ３．１４です．次",
    };

    private static final Segmenter[] SEGMENTERS = {
        new Segmenter(), new Segmenter(0, 8), new Segmenter(5, 12), new Segmenter(10, 30)
    };

    @Test
    void testKnownTextsInAnyPiecesGiveTheirSegments() {
        for (String text : TEXTS) {
            checkAllPieces(text, new Random(text.hashCode()));
        }
    }

    @Test
    void testRandomTextsInAnyPiecesGiveTheirSegments() {
        Random random = new Random(3);
        for (int i = 0; i < 600; i++) {
            checkAllPieces(randomText(random, 1 + random.nextInt(40)), random);
        }
    }

    @Test
    void testNoLetterOrNumberIsLost() {
        Random random = new Random(4);
        for (int i = 0; i < 2_000; i++) {
            String text = randomText(random, 1 + random.nextInt(120));
            for (Segmenter segmenter : SEGMENTERS) {
                assertThat(sounding(String.join("", segmenter.split(text))))
                        .as(text)
                        .isEqualTo(sounding(text));
            }
        }
    }

    @Test
    void testEverySegmentIsFitToBeSpoken() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            String text = randomText(random, 1 + random.nextInt(120));
            for (String segment : new Segmenter(5, 12).split(text)) {
                assertThat(TextRules.speakable(segment)).isTrue();
                assertThat(TextRules.loneSurrogate(segment)).isEqualTo(-1);
                assertThat(segment.chars().noneMatch(Marks::lineBreak)).isTrue();
                assertThat(Marks.blank(segment.charAt(0))).isFalse();
                assertThat(Marks.blank(segment.charAt(segment.length() - 1))).isFalse();
                assertThat(segment.codePointCount(0, segment.length())).isLessThanOrEqualTo(12);
            }
        }
    }

    private static void checkAllPieces(String text, Random random) {
        for (Segmenter segmenter : SEGMENTERS) {
            List<Segment> whole = inPieces(segmenter, text, List.of());
            for (int cut = 0; cut <= text.length(); cut++) {
                check(segmenter, text, List.of(cut), whole);
            }
            check(segmenter, text, IntStream.range(0, text.length()).boxed().toList(), whole);
            for (int i = 0; i < 5; i++) {
                TreeSet<Integer> cuts = new TreeSet<>();
                for (int c = 0; c < 6; c++) {
                    cuts.add(random.nextInt(text.length() + 1));
                }
                check(segmenter, text, new ArrayList<>(cuts), whole);
            }
        }
    }

    private static void check(
            Segmenter segmenter, String text, List<Integer> cuts, List<Segment> expected) {
        assertThat(inPieces(segmenter, text, cuts))
                .as("%s cut at %s", text, cuts)
                .isEqualTo(expected);
    }

    /** Lets the text arrive in pieces that end at {@code cuts}, the last one marked as such. */
    private static List<Segment> inPieces(Segmenter segmenter, String text, List<Integer> cuts) {
        List<Segment> segments = new ArrayList<>();
        StringBuilder joined = new StringBuilder();
        for (int cut : cuts) {
            joined.append(text, joined.length(), cut);
            drain(segmenter, joined, false, segments);
        }
        joined.append(text, joined.length(), text.length());
        drain(segmenter, joined, true, segments);
        return segments;
    }

    private static void drain(
            Segmenter segmenter, CharSequence joined, boolean complete, List<Segment> segments) {
        while (true) {
            int from = segments.isEmpty() ? 0 : segments.get(segments.size() - 1).end();
            Optional<Segment> next = segmenter.next(joined, from, complete);
            if (next.isEmpty()) {
                return;
            }
            segments.add(next.get());
        }
    }

    private static String sounding(String text) {
        return text.codePoints()
                .filter(TextRules::isSpoken)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String randomText(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }
}
