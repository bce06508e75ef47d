package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.text.SegmentStream.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentStreamTest {

    private static final Segmenter EAGER = new Segmenter(0, Segmenter.DEFAULT_MAX_UNITS);

    @Test
    void testPlacesCountCodePointsOfTheTextAsItWasGiven() {
        String text =
                "\uFEFF 😊 Hel\u00ADlo\u00A0\u00A0there.\u200B  Cafe\u0301 is\r\nopen!\n\n你好。𠮷。";
        assertThat(placed(text))
                .containsExactly(
                        new Placed("😊 Hello there.", 2, 18),
                        new Placed("Café is open!", 21, 36),
                        new Placed("你好。", 38, 41),
                        new Placed("𠮷。", 41, 43));
    }

    @Test
    void testThePlacesHoldTheSegmentsInAnyPieces() {
        String text =
                "Le 3\u00AD. café\u0301, «\u00A0oui\u00A0». Puis\tnon… peut-être\n\u200DBon. A e\u0301";
        int[] points = text.codePoints().toArray();
        List<Placed> whole = placed(text);
        for (Placed segment : whole) {
            String given = new String(points, segment.start(), segment.end() - segment.start());
            assertThat(LineBreaks.toBlanks(NormalizedText.of(given))).isEqualTo(segment.text());
        }
        SegmentStream stream = new SegmentStream(EAGER);
        List<Placed> streamed = new ArrayList<>();
        for (int point : points) {
            stream.append(Character.toString(point));
            drain(stream, streamed);
        }
        stream.complete();
        drain(stream, streamed);
        assertThat(streamed).isEqualTo(whole);
    }

    /** What can't be heard is parted from what it belongs to, and the segments stay the same. */
    @Test
    void testAnyPiecesGiveTheSameSegmentsWhateverIsBetween() {
        String[] parts = {
            "Word ", "word", "e", "\u0301", ".", "?", "…", "。", "।", "”", "“", "«", "»", " ",
            "\u00A0", "\r", "\n", "\u2029", "\u200B", "\uFEFF", "\u200D", "3", "am ", "Mai", "你",
            "と", "**", "[1]", "</b>", "iPod", "Sec", ";", "ς", "क", "\u094D", "👩", "I"
        };
        Random random = new Random(15);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int part = random.nextInt(25); part >= 0; part--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            SegmentStream stream = new SegmentStream(EAGER);
            List<Placed> streamed = new ArrayList<>();
            int[] points = text.codePoints().toArray();
            for (int from = 0; from < points.length; ) {
                int count = 1 + random.nextInt(Math.min(6, points.length - from));
                stream.append(new String(points, from, count));
                drain(stream, streamed);
                from += count;
            }
            stream.complete();
            drain(stream, streamed);
            assertThat(streamed).as(text.toString()).isEqualTo(placed(text.toString()));
        }
    }

    private static List<Placed> placed(String text) {
        SegmentStream stream = new SegmentStream(EAGER);
        stream.append(text);
        stream.complete();
        List<Placed> segments = new ArrayList<>();
        drain(stream, segments);
        return segments;
    }

    private static void drain(SegmentStream stream, List<Placed> segments) {
        for (Optional<Placed> next = stream.next(); next.isPresent(); next = stream.next()) {
            segments.add(next.get());
        }
    }
}
