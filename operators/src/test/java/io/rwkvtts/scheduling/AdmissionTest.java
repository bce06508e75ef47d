package io.rwkvtts.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Every tenant may begin one request a second. */
    private final Admission admission =
            new Admission(new TenantRates(new TenantLimits(1, 1, TenantLimits.UNLIMITED)));

    private long arrivals;

    private void add(String tenant) {
        long arrival = arrivals++;
        admission.add(
                new Ticket("r" + arrival, false, 0, Long.MAX_VALUE, tenant, arrival, arrival));
    }

    @Test
    void testHeldRequestsAreLookedAtAgainWhenTheFirstOfTheirTenantsMayBegin() {
        add("late");
        add("early");
        assertThat(admission.next(0).tenant()).isEqualTo("late");
        assertThat(admission.next(0).tenant()).isEqualTo("early");
        add("early");
        assertThat(admission.next(SECOND)).isNotNull();
        add("late");
        assertThat(admission.next(SECOND + SECOND / 4)).isNotNull();
        add("late");
        add("early");
        long now = 2 * SECOND - SECOND / 10;

        assertThat(admission.next(now)).isNull();
        assertThat(admission.held()).isTrue();
        assertThat(admission.retryNanos()).isBetween(SECOND / 10, SECOND / 10 + 1_000);
        now += admission.retryNanos();
        assertThat(admission.next(now).tenant()).isEqualTo("early");
        assertThat(admission.next(now)).isNull();
        assertThat(admission.retryNanos()).isBetween(SECOND / 8, SECOND / 4 + 1_000);
    }
}
