package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.synthesis.RequestText.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTextTest {

    private static final List<String> PIECES = List.of("Hel", "", "lo, ", "wor", "ld.", " Bye", "");

    private static Outcome accept(RequestText text, long sequence, String piece, boolean last) {
        return text.accept(new TextPiece(sequence, piece, last));
    }

    @Test
    void testJoinsEventsInWhateverOrderTheyCome() {
        Random random = new Random(1);
        for (int run = 0; run < 200; run++) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < PIECES.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            RequestText text = new RequestText(100);
            for (int i : order) {
                assertThat(text.complete()).isFalse();
                accept(text, i, PIECES.get(i), i == PIECES.size() - 1);
                text = RequestText.restore(100, text.snapshot());
            }
            assertThat(text.complete()).as("order %s", order).isTrue();
            assertThat(text.joined().toString()).isEqualTo(String.join("", PIECES));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFFHello there.",
                "Hel\u00ADlo there.",
                "Hello\u00A0there.",
                "Hello\tthere.",
                "Hello \u2003 there.",
                "Hello\u200E there.\u200F",
                "Hel\u200Blo the\u2060re.",
                "\u202AHello there.\u202C",
                "Hel\u0000lo\u0007 there.",
                "Hello\uFE0F there.",
                "Hello\uDB40\uDC41 there."
            })
    void testWhatCannotBeHeardIsNotInTheText(String written) {
        for (int cut = 0; cut <= written.length(); cut++) {
            if (cut > 0 && Character.isHighSurrogate(written.charAt(cut - 1))) {
                continue;
            }
            RequestText text = new RequestText(100);
            accept(text, 0, written.substring(0, cut), false);
            accept(text, 1, written.substring(cut), true);
            assertThat(text.joined().toString()).as("cut at %s", cut).isEqualTo("Hello there.");
        }
    }

    @Test
    void testALetterAndItsAccentMayComeInTwoEvents() {
        RequestText text = new RequestText(100);
        accept(text, 0, "Cafe", false);
        accept(text, 1, "\u0301 Ame\u0301lie\r", false);
        accept(text, 2, "\nBonjour", true);
        assertThat(text.joined().toString()).isEqualTo("Café Amélie\nBonjour");
    }

    /** Its segments have been cut, and some of them sent, from the text as it was. */
    @Test
    void testATextOfAnOlderReleaseStaysAsItWasAndContinuesInItsNormalForm() {
        String before = "\uFEFFHel\u00ADlo\u00A0 there. Cafe";
        RequestText text =
                RequestText.restore(
                        100,
                        new RequestText.Snapshot(before, "", before.length(), 1, false, List.of()));
        accept(text, 1, "\u0301\uFEFF \tAme\u0301lie", true);
        assertThat(text.joined().toString()).isEqualTo(before + "\u0301 Amélie");
    }

    @Test
    void testDropsDuplicates() {
        RequestText text = new RequestText(100);
        assertThat(accept(text, 0, "a", false)).isEqualTo(Outcome.APPENDED);
        assertThat(accept(text, 0, "b", false)).isEqualTo(Outcome.DROPPED);
        assertThat(accept(text, 2, "d", false)).isEqualTo(Outcome.HELD);
        assertThat(accept(text, 2, "e", false)).isEqualTo(Outcome.DROPPED);
        assertThat(accept(text, 1, "c", false)).isEqualTo(Outcome.APPENDED);
        assertThat(accept(text, 2, "f", false)).isEqualTo(Outcome.DROPPED);
        assertThat(accept(text, 3, "", true)).isEqualTo(Outcome.APPENDED);
        assertThat(text.joined().toString()).isEqualTo("acd");
    }

    @Test
    void testDropsWhatComesAfterTheLastEvent() {
        RequestText text = new RequestText(100);
        assertThat(accept(text, 3, "late", true)).isEqualTo(Outcome.HELD);
        assertThat(accept(text, 0, "a", true)).isEqualTo(Outcome.APPENDED);
        assertThat(text.complete()).isTrue();
        assertThat(accept(text, 1, "b", true)).isEqualTo(Outcome.DROPPED);
        assertThat(text.snapshot().held()).isEmpty();
    }

    @Test
    void testBoundsTheTextHeldEventsIncluded() {
        RequestText text = new RequestText(10);
        accept(text, 5, "123456", false);
        accept(text, 0, "1234", false);
        assertThatThrownBy(() -> accept(text, 1, "1", false))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("10 characters")
                .hasMessageContaining(" characters");
        assertThat(accept(text, 1, "", false)).isEqualTo(Outcome.APPENDED);
    }

    /** Else what is left out would make room, and the limit would depend on the pieces. */
    @Test
    void testBoundsTheTextAsItIsSent() {
        RequestText text = new RequestText(10);
        accept(text, 0, "\uFEFF\uFEFF   e", false);
        accept(text, 1, "\u0301\u0301", false);
        text = RequestText.restore(10, text.snapshot());
        assertThat(accept(text, 2, "12", false)).isEqualTo(Outcome.APPENDED);
        RequestText full = text;
        assertThatThrownBy(() -> accept(full, 3, "1", false)).isInstanceOf(RequestException.class);
    }

    @Test
    void testBoundsTheNumberOfHeldEvents() {
        RequestText text = new RequestText(10);
        for (int i = 1; i <= RequestText.MAX_HELD; i++) {
            accept(text, i, "", false);
        }
        assertThatThrownBy(() -> accept(text, RequestText.MAX_HELD + 1, "", false))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("event 0");
        assertThat(accept(text, 0, "", false)).isEqualTo(Outcome.APPENDED);
        assertThat(text.snapshot().nextSequence()).isEqualTo(RequestText.MAX_HELD + 1);
    }
}
