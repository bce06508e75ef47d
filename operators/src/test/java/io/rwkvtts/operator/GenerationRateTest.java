package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GenerationRateTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long START = -77 * SECOND;

    private final GenerationRate rate = new GenerationRate();

    @Test
    void testTheTimeBeforeTheFirstWorkDoesNotCount() {
        rate.work(START + 3_600 * SECOND);
        assertThat(rate.due(START + 3_609 * SECOND)).isFalse();
        assertThat(rate.due(START + 3_610 * SECOND)).isTrue();
        assertThat(rate.next(500, START + 3_610 * SECOND)).isEqualTo(50);
    }

    @Test
    void testPausesDoNotCount() {
        rate.work(START);
        rate.rest(START + 4 * SECOND);
        rate.work(START + 100 * SECOND);
        rate.work(START + 102 * SECOND);
        assertThat(rate.due(START + 105 * SECOND)).isFalse();
        assertThat(rate.due(START + 106 * SECOND)).isTrue();
        assertThat(rate.next(300, START + 106 * SECOND)).isEqualTo(30);

        rate.rest(START + 107 * SECOND);
        rate.rest(START + 120 * SECOND);
        rate.work(START + 200 * SECOND);
        assertThat(rate.due(START + 208 * SECOND)).isFalse();
        assertThat(rate.next(320, START + 209 * SECOND)).isEqualTo(2);
    }
}
