package io.rwkvtts.chaos;

import java.time.Duration;
import java.util.Optional;

/**
 * How long pauses and cuts last: between the timeouts that they are to stay below, or to exceed.
 *
 * @param heartbeat after which a TaskManager is replaced
 * @param session after which a process has lost ZooKeeper, and a JobManager leads no more
 * @param delivery after which a record that can't be written fails; without one none does, and the
 *     producer's requests time out after {@link #REQUEST_TIMEOUT}
 * @param idle after which a request without a next event expires, zero if none waits for one
 */
record FaultLengths(
        Duration heartbeat, Duration session, Optional<Duration> delivery, Duration idle) {

    /** Kafka's {@code request.timeout.ms}. */
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    /** Longer than any timeout of Flink and Kafka that is not minutes. */
    private static final Duration LONG_PAUSE = Duration.ofSeconds(60);

    private static final Duration LEAST = Duration.ofSeconds(2);
    private static final Duration LONGEST_BEYOND = Duration.ofSeconds(6);
    private static final Duration TO_SPARE = Duration.ofSeconds(12);

    /**
     * An idle timeout that no request exceeds whose next event is held up by a cut of the link:
     * only a process that is paused for longer sees it pass.
     */
    static Duration idleTimeout(Optional<Duration> delivery) {
        return delivery.orElse(REQUEST_TIMEOUT)
                .plus(LONGEST_BEYOND)
                .plusMillis(Workload.MOST_WAIT_MS)
                .plus(TO_SPARE);
    }

    /** How long a fault lasts; zero for one that is over at once. */
    Duration of(PlannedFault fault) {
        return switch (fault.kind()) {
            case KILL_TASK_MANAGER,
                    KILL_BROKER,
                    KILL_JOB_MANAGER,
                    KILL_LEADER,
                    KILL_AT_FIRST_CHUNK,
                    KILL_AT_LAST_CHUNK,
                    FLIP_STATE,
                    CUT_STATE,
                    FLIP_METADATA,
                    RESCALE ->
                    Duration.ZERO;
            // From one kill to the other.
            case KILL_TASK_MANAGERS -> fault.between(Duration.ofSeconds(1), Duration.ofSeconds(2));
            case KILL_BROKER_AND_TASK_MANAGER, KILL_JOB_MANAGER_AND_TASK_MANAGER ->
                    fault.between(Duration.ZERO, Duration.ofMillis(200));
            // From the stop to the kill: a savepoint takes some 0.2 s.
            case RESCALE_IN_FAILOVER -> fault.between(Duration.ZERO, Duration.ofMillis(200));
            case PAUSE_TASK_MANAGER -> fault.between(LEAST, most(heartbeat));
            case PAUSE_UNTIL_REPLACED -> {
                Duration longest = heartbeat.compareTo(idle) > 0 ? heartbeat : idle;
                yield fault.between(longest.plusSeconds(5), longest.plusSeconds(15));
            }
            case PAUSE_TASK_MANAGER_LONG, PAUSE_JOB_MANAGER_LONG -> LONG_PAUSE;
            case PAUSE_JOB_MANAGER ->
                    fault.between(session.plusSeconds(1), session.plusSeconds(14));
            case PAUSE_ZOOKEEPER -> fault.between(session.plusSeconds(4), session.plusSeconds(18));
            case PAUSE_BROKER -> fault.between(LEAST, writing().plusSeconds(4));
            case REJECT, DROP, DROP_REQUESTS, DROP_RESPONSES ->
                    fault.between(LEAST, most(writing()));
            // A record's time begins when it is handed to the producer, up to a checkpoint later.
            case REJECT_LONG, DROP_LONG ->
                    fault.between(writing().plusMillis(500), writing().plus(LONGEST_BEYOND));
            case CLOCK_FORWARD, CLOCK_BACK ->
                    fault.between(Duration.ofSeconds(8), Duration.ofSeconds(16));
        };
    }

    private Duration writing() {
        return delivery.orElse(REQUEST_TIMEOUT);
    }

    private static Duration most(Duration timeout) {
        return timeout.multipliedBy(3).dividedBy(5);
    }
}
