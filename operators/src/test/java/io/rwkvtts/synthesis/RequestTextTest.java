package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.synthesis.RequestText.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestTextTest {

    private static final List<String> PIECES = List.of("Hel", "", "lo, ", "wor", "ld.", " Bye", "");

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
                text.accept(i, PIECES.get(i), i == PIECES.size() - 1);
                text = RequestText.restore(100, text.snapshot());
            }
            assertThat(text.complete()).as("order %s", order).isTrue();
            assertThat(text.joined().toString()).isEqualTo(String.join("", PIECES));
        }
    }

    @Test
    void testDropsDuplicates() {
        RequestText text = new RequestText(100);
        assertThat(text.accept(0, "a", false)).isEqualTo(Outcome.APPENDED);
        assertThat(text.accept(0, "b", false)).isEqualTo(Outcome.DROPPED);
        assertThat(text.accept(2, "d", false)).isEqualTo(Outcome.HELD);
        assertThat(text.accept(2, "e", false)).isEqualTo(Outcome.DROPPED);
        assertThat(text.accept(1, "c", false)).isEqualTo(Outcome.APPENDED);
        assertThat(text.accept(2, "f", false)).isEqualTo(Outcome.DROPPED);
        assertThat(text.joined().toString()).isEqualTo("acd");
    }

    @Test
    void testDropsWhatComesBehindTheLastEvent() {
        RequestText text = new RequestText(100);
        assertThat(text.accept(3, "late", true)).isEqualTo(Outcome.HELD);
        assertThat(text.accept(0, "a", true)).isEqualTo(Outcome.APPENDED);
        assertThat(text.complete()).isTrue();
        assertThat(text.accept(1, "b", true)).isEqualTo(Outcome.DROPPED);
        assertThat(text.snapshot().held()).isEmpty();
    }

    @Test
    void testBoundsTheTextHeldEventsIncluded() {
        RequestText text = new RequestText(10);
        text.accept(5, "123456", false);
        text.accept(0, "1234", false);
        assertThatThrownBy(() -> text.accept(1, "1", false))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("10 characters")
                .hasMessageContaining("tts.text.max-chars");
        assertThat(text.accept(1, "", false)).isEqualTo(Outcome.APPENDED);
    }

    @Test
    void testBoundsTheNumberOfHeldEvents() {
        RequestText text = new RequestText(10);
        for (int i = 1; i <= RequestText.MAX_HELD; i++) {
            text.accept(i, "", false);
        }
        assertThatThrownBy(() -> text.accept(RequestText.MAX_HELD + 1, "", false))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("event 0");
        assertThat(text.accept(0, "", false)).isEqualTo(Outcome.APPENDED);
        assertThat(text.snapshot().nextSequence()).isEqualTo(RequestText.MAX_HELD + 1);
    }
}
