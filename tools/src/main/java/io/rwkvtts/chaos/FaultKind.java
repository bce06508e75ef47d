package io.rwkvtts.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can happen to a job that generates. */
public enum FaultKind {
    /** A TaskManager is killed and started again. */
    KILL_TASK_MANAGER,
    /** The broker is killed and started again. */
    KILL_BROKER,
    /** The JobManager is killed and started again. */
    KILL_JOB_MANAGER,
    /** The job is stopped with a savepoint and restored at another parallelism. */
    RESCALE,
    /** The same, and a TaskManager or the JobManager is killed during the stop. */
    RESCALE_IN_FAILOVER,
    /** A TaskManager is paused for less than the heartbeat timeout. */
    PAUSE_TASK_MANAGER,
    /** A TaskManager is paused until another one has taken over, and wakes. */
    PAUSE_UNTIL_REPLACED,
    /** The JobManager is paused for longer than its ZooKeeper session. */
    PAUSE_JOB_MANAGER,
    /** The broker is paused. */
    PAUSE_BROKER,
    /**
     * ZooKeeper is paused until Flink's processes have lost it; those that end then are started
     * again, as a supervisor does.
     */
    PAUSE_ZOOKEEPER,
    /** The link to the broker is reset and refuses connections, for less than any timeout. */
    REJECT,
    /** The same, for longer than the delivery timeout. */
    REJECT_LONG,
    /** The link to the broker drops everything, for less than any timeout. */
    DROP,
    /** The same, for longer than the delivery timeout. */
    DROP_LONG;

    /** The faults of killed processes and of a rescale. */
    public static final List<FaultKind> KILLS =
            List.of(KILL_TASK_MANAGER, KILL_BROKER, KILL_JOB_MANAGER, RESCALE);

    /** All faults. */
    public static final List<FaultKind> ALL = List.of(values());

    /** As it is written on the command line, such as {@code kill-broker}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The kinds of a list, in their order.
     *
     * @param labels separated by commas
     * @throws IllegalArgumentException if one is unknown or comes twice, or there is none; names
     *     all
     */
    public static List<FaultKind> parse(String labels) {
        List<FaultKind> kinds = new ArrayList<>();
        for (String label : labels.split(",", -1)) {
            FaultKind kind = labelled(label.strip());
            if (kinds.contains(kind)) {
                throw new IllegalArgumentException("'%s' comes twice".formatted(label.strip()));
            }
            kinds.add(kind);
        }
        return List.copyOf(kinds);
    }

    private static FaultKind labelled(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'%s' is no kind of fault, expected some of %s"
                                                .formatted(
                                                        label,
                                                        Arrays.stream(values())
                                                                .map(FaultKind::label)
                                                                .collect(
                                                                        Collectors.joining(",")))));
    }
}
