package io.rwkvtts.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@link WaitLimit}. */
class WaitLimitTest {

    private final WaitLimit limit = new WaitLimit(3, 100, seconds(5));

    @Test
    void testATokenMakesTheWaitLonger() {
        assertThat(limit.nanosLeft(100, seconds(5), "x")).isEqualTo(seconds(60));
        assertThat(limit.nanosLeft(100, seconds(64), "x")).isEqualTo(seconds(1));
        assertThat(limit.nanosLeft(101, seconds(64), "x")).isEqualTo(seconds(60));
    }

    @Test
    void testNothingForAMinuteIsTooLong() {
        assertThatThrownBy(() -> limit.nanosLeft(100, seconds(65), "their ends"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("their ends", "60 s");
    }

    @Test
    void testTokensOfOtherRequestsDoNotMakeTheWaitEndless() {
        long now = 5;
        long tokens = 100;
        while (now < 5 + 13 * 60 - 30) {
            now += 30;
            assertThat(limit.nanosLeft(++tokens, seconds(now) - 1, "x")).isPositive();
        }
        long last = tokens + 1;

        assertThatThrownBy(() -> limit.nanosLeft(last, seconds(5 + 13 * 60), "their next chunks"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("their next chunks", "780 s", "others");
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
