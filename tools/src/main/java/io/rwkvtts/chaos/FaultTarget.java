package io.rwkvtts.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a fault strikes.
 *
 * @param processes names of those that are killed or paused, or whose clock is set, in this order
 * @param partition of the token topic whose leader is killed, -1 if none is
 * @param parallelism of the job after it, if it is restored at another one
 * @param length how long it lasts; for a kill during a stop, how long after the stop began; for two
 *     kills, the time between them
 */
record FaultTarget(List<String> processes, int partition, int parallelism, Duration length) {

    /** The only one of the processes. */
    String process() {
        return processes.get(0);
    }

    /** For the report: what happens to whom for how long. */
    String describe(FaultKind kind) {
        String seconds = String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1e3);
        String process = String.join(", ", processes);
        return switch (kind) {
            case KILL_TASK_MANAGER, KILL_BROKER, KILL_JOB_MANAGER, KILL_LEADER ->
                    "kill -9 " + process;
            case KILL_TASK_MANAGERS,
                    KILL_BROKER_AND_TASK_MANAGER,
                    KILL_JOB_MANAGER_AND_TASK_MANAGER ->
                    "kill -9 %s, %s".formatted(process, seconds);
            case KILL_AT_FIRST_CHUNK -> "first chunk, kill -9 " + process;
            case KILL_AT_LAST_CHUNK -> "last chunk, kill -9 " + process;
            case FLIP_STATE -> "flip state, kill -9 " + process;
            case CUT_STATE -> "cut state, kill -9 " + process;
            case FLIP_METADATA -> "flip metadata, end job";
            case RESCALE -> "stop with savepoint, restore at " + parallelism;
            case RESCALE_IN_FAILOVER -> "restore at %d, kill -9 %s".formatted(parallelism, process);
            case PAUSE_TASK_MANAGER, PAUSE_BROKER, PAUSE_ZOOKEEPER ->
                    "pause %s, %s".formatted(process, seconds);
            case PAUSE_UNTIL_REPLACED,
                    PAUSE_TASK_MANAGER_LONG,
                    PAUSE_JOB_MANAGER,
                    PAUSE_JOB_MANAGER_LONG ->
                    "pause and replace %s, %s".formatted(process, seconds);
            case REJECT, REJECT_LONG -> "reject link to broker, " + seconds;
            case DROP, DROP_LONG -> "drop link to broker, " + seconds;
            case DROP_REQUESTS -> "drop requests to broker, " + seconds;
            case DROP_RESPONSES -> "drop responses of broker, " + seconds;
            case CLOCK_FORWARD -> "clock of %s +1 h, %s".formatted(process, seconds);
            case CLOCK_BACK -> "clock of %s -1 h, %s".formatted(process, seconds);
        };
    }
}
