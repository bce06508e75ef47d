package io.rwkvtts.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CoreDistanceTest {

    /** Light needs a nanosecond for 30 cm; a thread that is not running now, some milliseconds. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void testRoundTripIsLongerThanThatOfLightAndCanBeTakenAgain() {
        for (int i = 0; i < 3; i++) {
            assertThat(CoreDistance.roundTripNanos()).isBetween(1.0, 1e9);
        }
    }
}
