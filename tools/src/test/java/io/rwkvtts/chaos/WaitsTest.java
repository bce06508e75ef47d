package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitsTest {

    @Test
    void testWaitLastsWhileAnyRequestWaits() {
        Waits waits = new Waits();
        waits.update(0, 100);
        assertThat(waits.count()).isZero();

        waits.update(2, 200);
        waits.update(1, 250);
        waits.update(3, 290);
        waits.update(0, 300);
        waits.update(1, 400);
        waits.update(1, 420);

        assertThat(waits.count()).isEqualTo(2);
        assertThat(waits.longestMs()).isEqualTo(90);
    }
}
