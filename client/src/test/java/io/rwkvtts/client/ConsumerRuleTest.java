package io.rwkvtts.client;

import static io.rwkvtts.client.ConsumerRule.Verdict.DUPLICATE;
import static io.rwkvtts.client.ConsumerRule.Verdict.ENDED;
import static io.rwkvtts.client.ConsumerRule.Verdict.GAP;
import static io.rwkvtts.client.ConsumerRule.Verdict.NEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.client.ConsumerRule.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsumerRuleTest {

    private final ConsumerRule rule = new ConsumerRule();

    @Test
    void testUndisturbedRequestIsAcceptedWhole() {
        assertThat(chunks("a", 0, 1, 2)).containsOnly(NEXT);
        assertThat(end("a", 3)).isEqualTo(NEXT);
    }

    @Test
    void testRepeatedChunksAreDroppedAndTheRestContinues() {
        chunks("a", 0, 1, 2);

        assertThat(chunks("a", 1, 2, 3)).containsExactly(DUPLICATE, DUPLICATE, NEXT);
    }

    @Test
    void testFirstEndCountsWhateverItsSequence() {
        chunks("early", 0, 1, 2);
        chunks("late", 0, 1);

        // A repetition was cancelled two chunks earlier, or later, than the first run got.
        assertThat(end("early", 1)).isEqualTo(NEXT);
        assertThat(end("late", 5).accepted()).isTrue();
    }

    @Test
    void testNothingIsAcceptedBehindTheEnd() {
        chunks("a", 0, 1);
        end("a", 2);

        assertThat(chunks("a", 0, 2, 3)).containsOnly(ENDED);
        assertThat(end("a", 2)).isEqualTo(ENDED);
        assertThat(end("a", 3)).isEqualTo(ENDED);
    }

    @Test
    void testRequestsDoNotTouchEachOther() {
        chunks("a", 0, 1);
        end("a", 2);

        assertThat(chunks("b", 0, 1)).containsOnly(NEXT);
    }

    @Test
    void testGapIsReportedAndReadingGoesOn() {
        assertThat(chunks("a", 7, 8, 7, 10)).containsExactly(GAP, NEXT, DUPLICATE, GAP);
        assertThat(end("b", 3)).isEqualTo(GAP);
        assertThat(GAP.accepted()).isTrue();
    }

    @Test
    void testRequestThatOnlyEndsIsAccepted() {
        assertThat(end("a", 0)).isEqualTo(NEXT);
    }

    @Test
    void testOnlyTheLatestRequestsAreRemembered() {
        ConsumerRule small = new ConsumerRule(2);
        small.judge("a", 0, true);
        small.judge("b", 0, false);
        small.judge("a", 0, true);
        small.judge("c", 0, false);

        assertThat(small.judge("a", 0, true)).isEqualTo(ENDED);
        assertThat(small.judge("b", 0, false)).as("forgotten").isEqualTo(NEXT);
    }

    @Test
    void testCapacityIsPositive() {
        assertThatThrownBy(() -> new ConsumerRule(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity is 0; expected 1 or more");
    }

    private List<Verdict> chunks(String id, long... sequences) {
        List<Verdict> verdicts = new ArrayList<>();
        for (long sequence : sequences) {
            verdicts.add(rule.judge(id, sequence, false));
        }
        return verdicts;
    }

    private Verdict end(String id, long sequence) {
        return rule.judge(id, sequence, true);
    }
}
