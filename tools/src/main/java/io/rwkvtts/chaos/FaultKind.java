package io.rwkvtts.chaos;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** What can happen to a job that generates. */
public enum FaultKind {
    /** A TaskManager is killed and started again. */
    KILL_TASK_MANAGER,
    /** A broker is killed and started again. */
    KILL_BROKER,
    /** The leading JobManager is killed and started again. */
    KILL_JOB_MANAGER,
    /** The broker is killed that leads a partition which running generations write to. */
    KILL_LEADER,
    /** Both TaskManagers are killed, one a little after the other. */
    KILL_TASK_MANAGERS,
    /** A broker is killed, and a TaskManager while it is down. */
    KILL_BROKER_AND_TASK_MANAGER,
    /** The leading JobManager is killed, and a TaskManager before another one leads. */
    KILL_JOB_MANAGER_AND_TASK_MANAGER,
    /** A TaskManager is killed when the first chunk of a request has come. */
    KILL_AT_FIRST_CHUNK,
    /** A TaskManager is killed when all but the last chunk of a request have come. */
    KILL_AT_LAST_CHUNK,
    /** The job is stopped with a savepoint and restored at another parallelism. */
    RESCALE,
    /** The same, and a TaskManager or the leading JobManager is killed during the stop. */
    RESCALE_IN_FAILOVER,
    /**
     * Bytes of the newest checkpoint's state are flipped, and a TaskManager or the leading
     * JobManager is killed. The job is continued from the checkpoint that its error names.
     */
    FLIP_STATE,
    /** The same, but the file of the state is cut. */
    CUT_STATE,
    /**
     * Bytes of the newest checkpoint's metadata are flipped, and the job is ended. It is continued
     * from the checkpoint that the refusal names.
     */
    FLIP_METADATA,
    /** A TaskManager is paused for less than the heartbeat timeout. */
    PAUSE_TASK_MANAGER,
    /** A TaskManager is paused until another one has taken over, and wakes. */
    PAUSE_UNTIL_REPLACED,
    /** The same for a minute. */
    PAUSE_TASK_MANAGER_LONG,
    /** The leading JobManager is paused until another one has taken over, and wakes. */
    PAUSE_JOB_MANAGER,
    /** The same for a minute. */
    PAUSE_JOB_MANAGER_LONG,
    /** A broker is paused. */
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
    DROP_LONG,
    /** The link to the broker drops what the job sends, for less than any timeout. */
    DROP_REQUESTS,
    /** The link to the broker drops what the broker sends, for less than any timeout. */
    DROP_RESPONSES,
    /** The wall clock of a TaskManager is an hour fast for a while. */
    CLOCK_FORWARD,
    /** The wall clock of a TaskManager is an hour slow for a while. */
    CLOCK_BACK;

    /** The faults of killed processes and of a rescale. */
    public static final List<FaultKind> KILLS =
            List.of(KILL_TASK_MANAGER, KILL_BROKER, KILL_JOB_MANAGER, RESCALE);

    /** All faults. */
    public static final List<FaultKind> ALL = List.of(values());

    private static final Set<FaultKind> AT_CHUNK = Set.of(KILL_AT_FIRST_CHUNK, KILL_AT_LAST_CHUNK);
    private static final Set<FaultKind> DAMAGES = Set.of(FLIP_STATE, CUT_STATE, FLIP_METADATA);
    private static final Set<FaultKind> CLOCKS = Set.of(CLOCK_FORWARD, CLOCK_BACK);

    /** As it is written on the command line, such as {@code kill-broker}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it strikes at a certain chunk, of a request that is sent for it. */
    boolean atChunk() {
        return AT_CHUNK.contains(this);
    }

    /** Whether it damages the newest checkpoint. */
    boolean damagesCheckpoint() {
        return DAMAGES.contains(this);
    }

    /** Whether a clock is set. */
    boolean setsClock() {
        return CLOCKS.contains(this);
    }

    /**
     * Why faults of this kind cannot strike.
     *
     * @param fakeTime libfaketime, if it is installed
     * @return empty if they can
     */
    public Optional<String> obstacle(
            DeliveryGuarantee delivery, boolean streaming, Optional<Path> fakeTime) {
        if (DAMAGES.contains(this) && delivery == DeliveryGuarantee.EXACTLY_ONCE) {
            return Optional.of(
                    "it needs at-least-once: a job that continues from an older checkpoint writes"
                            + " again what was committed since");
        }
        if (setsClock() && streaming) {
            return Optional.of(
                    "it cannot be combined with --streaming: a clock that jumps ends requests that"
                            + " wait for text");
        }
        if (setsClock() && fakeTime.isEmpty()) {
            return Optional.of("it needs libfaketime: install the package faketime");
        }
        return Optional.empty();
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
