package io.rwkvtts.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rwkvtts.client.ConsumerRule.Join;
import io.rwkvtts.client.ConsumerRule.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases of docs/consumers.md. A record is named after its sequence, an end "end". */
class ConsumerRuleTest {

    private static final int TIMEOUT_MS = 60_000;
    private static final int POLL_MS = 1_000;
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final int BYTES = 100;

    private final List<Taken<String>> taken = new ArrayList<>();
    private ConsumerRule<String> rule = rule(Join.BEFORE_REQUESTS, 10, 1_000_000);
    private long now;

    private static ConsumerRule<String> rule(Join join, int recordsPerRequest, long bytes) {
        return new ConsumerRule<>(
                join,
                new HoldLimits(Duration.ofMillis(TIMEOUT_MS), recordsPerRequest, bytes),
                WINDOW);
    }

    @Test
    void testUndisturbedRequestIsTakenWhole() {
        chunks("a", 0, 1, 2);
        end("a", 3);

        assertThat(records()).containsExactly("a0", "a1", "a2", "a end");
    }

    @Test
    void testRepeatedChunksAreDroppedAndTheRestContinues() {
        chunks("a", 0, 1, 2, 1, 2, 3);

        assertThat(records()).containsExactly("a0", "a1", "a2", "a3");
        assertThat(rule.dropped()).isEqualTo(2);
    }

    /** A batch expired, later ones went out, the job restarted and repeated all of them. */
    @Test
    void testGapIsClosedByTheRepetition() {
        chunks("a", 0, 1, 4, 5);
        assertThat(records()).containsExactly("a0", "a1");
        assertThat(rule.waiting()).isOne();

        chunks("a", 1, 2, 3, 4, 5);
        end("a", 6);

        assertThat(records()).containsExactly("a0", "a1", "a2", "a3", "a4", "a5", "a end");
        assertThat(taken).allMatch(record -> record.missing() == 0);
        assertThat(rule.waiting()).isZero();
    }

    @Test
    void testFirstRecordIsWaitedForAsAnyOther() {
        chunks("a", 1, 2);
        assertThat(records()).isEmpty();

        chunks("a", 0, 1);

        assertThat(records()).containsExactly("a0", "a1");
    }

    @Test
    void testEndAtASmallerSequenceEndsTheRequest() {
        chunks("a", 0, 1, 2);
        end("a", 1);
        chunks("a", 3);

        assertThat(records()).containsExactly("a0", "a1", "a2", "a end");
    }

    @Test
    void testEndAfterAGapIsHeldAndMayNotComeAgain() {
        chunks("a", 0);
        end("a", 3);
        assertThat(records()).containsExactly("a0");

        // In the repetition the cancellation comes later.
        chunks("a", 1, 2, 3);
        end("a", 4);

        assertThat(records()).containsExactly("a0", "a1", "a2", "a3", "a end");
    }

    @Test
    void testEndAtTheNextSequenceEndsARequestThatWaits() {
        chunks("a", 0, 2, 3);
        end("a", 1);
        pass(TIMEOUT_MS);

        assertThat(records()).containsExactly("a0", "a end");
        assertThat(rule.waiting()).isZero();
    }

    @Test
    void testGapThatIsNotClosedIsReportedAfterTheTimeout() {
        chunks("a", 0, 3, 4);
        end("a", 5);
        pass(TIMEOUT_MS - 1);
        assertThat(records()).containsExactly("a0");

        pass(1);

        assertThat(records()).containsExactly("a0", "a3", "a4", "a end");
        assertThat(taken).extracting(Taken::missing).containsExactly(0L, 2L, 0L, 0L);
    }

    @Test
    void testEachGapHasItsOwnTimeout() {
        chunks("a", 1);
        pass(1_000);
        chunks("a", 3);
        pass(TIMEOUT_MS - 1_000);
        assertThat(records()).containsExactly("a1");

        pass(1_000);

        assertThat(records()).containsExactly("a1", "a3");
        assertThat(taken).extracting(Taken::missing).containsOnly(1L);
    }

    @Test
    void testRepetitionAfterAReportedGapIsDropped() {
        chunks("a", 0, 2);
        pass(TIMEOUT_MS);
        chunks("a", 1, 2, 3);

        assertThat(records()).containsExactly("a0", "a2", "a3");
    }

    @Test
    void testRequestThatOnlyEndsAfterAGapEndsAfterTheTimeout() {
        end("a", 2);
        pass(TIMEOUT_MS);

        assertThat(records()).containsExactly("a end");
        assertThat(taken.get(0).missing()).isEqualTo(2);
    }

    /** The missing record is in Kafka by the time the consumer wakes up. */
    @Test
    void testTimeInWhichTheConsumerWasPausedDoesNotCount() {
        chunks("a", 0, 2);
        rule.expire(now, taken::add);
        now += 100L * TIMEOUT_MS;
        rule.expire(now, taken::add);
        chunks("a", 1, 2);

        assertThat(records()).containsExactly("a0", "a1", "a2");
    }

    @Test
    void testAnEndIsRememberedOverAPauseOfTheConsumer() {
        end("a", 0);
        now += 100 * WINDOW.toMillis();
        chunks("a", 0);

        assertThat(records()).containsExactly("a end");
    }

    @Test
    void testConsumerThatCrashedContinuesWithTheSequenceItKept() {
        rule.expect("a", 2);
        chunks("a", 0, 1, 2, 4, 3, 4);
        end("a", 5);

        assertThat(records()).containsExactly("a2", "a3", "a4", "a end");
        assertThat(taken).allMatch(record -> record.missing() == 0);
    }

    @Test
    void testNothingIsTakenAfterTheEnd() {
        chunks("a", 0, 1);
        end("a", 2);
        taken.clear();

        chunks("a", 0, 2, 3);
        end("a", 2);
        end("a", 3);

        assertThat(records()).isEmpty();
    }

    @Test
    void testEndedRequestIsForgottenAfterTheWindow() {
        end("a", 0);
        pass(WINDOW.toMillis() - 1);
        chunks("a", 0);
        assertThat(records()).containsExactly("a end");

        pass(1);
        chunks("a", 0);

        assertThat(records()).containsExactly("a end", "a0");
    }

    @Test
    void testOpenRequestIsNotForgotten() {
        chunks("a", 0);
        pass(2 * WINDOW.toMillis());
        chunks("a", 0, 1);

        assertThat(records()).containsExactly("a0", "a1");
    }

    @Test
    void testLateJoinerStartsInTheMiddle() {
        rule = rule(Join.AMONG_REQUESTS, 10, 1_000_000);
        rule.expect("mine");
        chunks("other", 7, 8, 7);
        chunks("mine", 1);
        end("ended", 9);

        assertThat(records()).containsExactly("other7", "other8", "ended end");
        assertThat(taken).allMatch(record -> record.missing() == 0);
    }

    /** The newest is dropped: with the missing record all of them come again. */
    @Test
    void testNoMoreIsHeldThanTheLimits() {
        rule = rule(Join.BEFORE_REQUESTS, 2, 3 * BYTES);
        chunks("a", 1, 2, 3);
        chunks("b", 1, 2);
        assertThat(rule.dropped()).isEqualTo(2);

        chunks("a", 0, 1, 2, 3);
        assertThat(records()).containsExactly("a0", "a1", "a2", "a3");

        chunks("c", 1, 2, 3);
        pass(TIMEOUT_MS);
        assertThat(records()).endsWith("b1", "c1", "c2");
    }

    /** Or a request would stay open for ever. */
    @Test
    void testEndIsHeldEvenAtTheLimits() {
        rule = rule(Join.BEFORE_REQUESTS, 2, 2 * BYTES);
        chunks("a", 1, 2, 3);
        end("a", 4);
        pass(TIMEOUT_MS);

        assertThat(records()).containsExactly("a1", "a2", "a end");
        assertThat(taken).extracting(Taken::missing).containsExactly(1L, 0L, 1L);
    }

    @Test
    void testRequestsDoNotTouchEachOther() {
        chunks("a", 0, 2);
        chunks("b", 0, 1);

        assertThat(records()).containsExactly("a0", "b0", "b1");
    }

    @Test
    void testAForgottenRequestIsUnknown() {
        chunks("a", 0, 2);
        rule.forget("a");
        assertThat(rule.waiting()).isZero();
        assertThat(rule.dropped()).isOne();
        rule.expect("a", 2);
        chunks("a", 1, 2);
        end("a", 3);
        rule.forget("a");
        chunks("a", 0);

        assertThat(records()).containsExactly("a0", "a2", "a end", "a0");
    }

    @Test
    void testLimitsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HoldLimits(Duration.ofMillis(-1), 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HoldLimits(Duration.ZERO, 0, 1))
                .withMessageContaining("0 records");
    }

    /** Time passes while the consumer polls. */
    private void pass(long ms) {
        rule.expire(now, taken::add);
        for (long left = ms; left > 0; left -= POLL_MS) {
            now += Math.min(left, POLL_MS);
            rule.expire(now, taken::add);
        }
    }

    private List<String> records() {
        return taken.stream().map(Taken::record).toList();
    }

    private void chunks(String id, long... sequences) {
        for (long sequence : sequences) {
            rule.receive(id, sequence, false, id + sequence, BYTES, now, taken::add);
        }
    }

    private void end(String id, long sequence) {
        rule.receive(id, sequence, true, id + " end", BYTES, now, taken::add);
    }
}
