package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultLengthsTest {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration DELIVERY = Duration.ofSeconds(20);
    private static final Duration IDLE = Duration.ofSeconds(60);

    private static final FaultLengths SHORT_DELIVERY =
            new FaultLengths(HEARTBEAT, SESSION, Optional.of(DELIVERY), Duration.ZERO);
    private static final FaultLengths STREAMING =
            new FaultLengths(HEARTBEAT, SESSION, Optional.empty(), IDLE);

    /** From the least to the largest choice. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000_000, Integer.MAX_VALUE - 1})
    void testTimeoutsAreKeptOrExceeded(int choice) {
        assertThat(length(SHORT_DELIVERY, FaultKind.PAUSE_TASK_MANAGER, choice))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(9));
        assertThat(length(SHORT_DELIVERY, FaultKind.PAUSE_UNTIL_REPLACED, choice))
                .isBetween(HEARTBEAT.plusSeconds(5), HEARTBEAT.plusSeconds(15));
        assertThat(length(STREAMING, FaultKind.PAUSE_UNTIL_REPLACED, choice))
                .isBetween(IDLE.plusSeconds(5), IDLE.plusSeconds(15));
        assertThat(length(STREAMING, FaultKind.PAUSE_JOB_MANAGER, choice)).isGreaterThan(SESSION);
        assertThat(length(STREAMING, FaultKind.PAUSE_ZOOKEEPER, choice))
                .as("ZooKeeper is lost after two thirds of a session, a leader one session later")
                .isGreaterThan(SESSION.multipliedBy(5).dividedBy(3));
        assertThat(length(STREAMING, FaultKind.RESCALE_IN_FAILOVER, choice))
                .isLessThanOrEqualTo(Duration.ofMillis(200));
        assertThat(length(STREAMING, FaultKind.KILL_BROKER, choice)).isZero();
        assertThat(length(STREAMING, FaultKind.PAUSE_TASK_MANAGER_LONG, choice))
                .isEqualTo(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000_000, Integer.MAX_VALUE - 1})
    void testTwoKillsAreApartByLessThanARecovery(int choice) {
        assertThat(length(STREAMING, FaultKind.KILL_TASK_MANAGERS, choice))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(length(STREAMING, FaultKind.KILL_BROKER_AND_TASK_MANAGER, choice))
                .isLessThanOrEqualTo(Duration.ofMillis(200));
        assertThat(length(STREAMING, FaultKind.KILL_JOB_MANAGER_AND_TASK_MANAGER, choice))
                .isLessThanOrEqualTo(Duration.ofMillis(200));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000_000, Integer.MAX_VALUE - 1})
    void testCutsAreShorterOrLongerThanADelivery(int choice) {
        for (FaultKind kind :
                new FaultKind[] {
                    FaultKind.REJECT,
                    FaultKind.DROP,
                    FaultKind.DROP_REQUESTS,
                    FaultKind.DROP_RESPONSES
                }) {
            assertThat(length(SHORT_DELIVERY, kind, choice))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(12));
            assertThat(length(STREAMING, kind, choice))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(18));
        }
        for (FaultKind kind : new FaultKind[] {FaultKind.REJECT_LONG, FaultKind.DROP_LONG}) {
            assertThat(length(SHORT_DELIVERY, kind, choice))
                    .isBetween(DELIVERY.plusMillis(500), DELIVERY.plusSeconds(6));
            assertThat(length(STREAMING, kind, choice))
                    .isBetween(Duration.ofMillis(30_500), Duration.ofSeconds(36));
        }
    }

    private static Duration length(FaultLengths lengths, FaultKind kind, int choice) {
        return lengths.of(new PlannedFault(kind, 0.5, choice));
    }

    @Test
    void testNoCutMakesARequestExpire() {
        Duration longestWait = Duration.ofMillis(Workload.MOST_WAIT_MS);

        assertThat(FaultLengths.idleTimeout(Optional.of(DELIVERY)))
                .isGreaterThan(DELIVERY.plusSeconds(6).plus(longestWait));
        assertThat(FaultLengths.idleTimeout(Optional.empty()))
                .isGreaterThan(Duration.ofSeconds(36).plus(longestWait));
    }
}
