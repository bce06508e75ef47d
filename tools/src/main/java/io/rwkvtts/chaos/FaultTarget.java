package io.rwkvtts.chaos;

import java.time.Duration;
import java.util.Locale;

/**
 * What a fault strikes.
 *
 * @param process name of the process that is killed or paused, blank if none is
 * @param parallelism of the job after it, if it is restored at another one
 * @param length how long it lasts; for a kill during a stop, how long after the stop began
 */
record FaultTarget(String process, int parallelism, Duration length) {

    /** For the report: what happens to whom for how long. */
    String describe(FaultKind kind) {
        String seconds = String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1e3);
        return switch (kind) {
            case KILL_TASK_MANAGER, KILL_BROKER, KILL_JOB_MANAGER -> "kill -9 " + process;
            case RESCALE -> "stop with savepoint, restore at " + parallelism;
            case RESCALE_IN_FAILOVER -> "restore at %d, kill -9 %s".formatted(parallelism, process);
            case PAUSE_TASK_MANAGER, PAUSE_JOB_MANAGER, PAUSE_BROKER, PAUSE_ZOOKEEPER ->
                    "pause %s, %s".formatted(process, seconds);
            case PAUSE_UNTIL_REPLACED -> "pause and replace %s, %s".formatted(process, seconds);
            case REJECT, REJECT_LONG -> "reject link to broker, " + seconds;
            case DROP, DROP_LONG -> "drop link to broker, " + seconds;
        };
    }
}
