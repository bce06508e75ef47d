package io.rwkvtts.chaos;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Strikes a running job and measures how long it is silent. Belongs to one thread. */
final class FaultInjector {

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final long PAUSE_MS = 50;

    private final ChaosCluster cluster;
    private final ChaosJob job;
    private final JobManagerRest rest;
    private final TokenObserver observer;
    private final int maxParallelism;

    FaultInjector(
            ChaosCluster cluster,
            ChaosJob job,
            JobManagerRest rest,
            TokenObserver observer,
            int maxParallelism) {
        this.cluster = cluster;
        this.job = job;
        this.rest = rest;
        this.observer = observer;
        this.maxParallelism = maxParallelism;
    }

    /**
     * Strikes, starts again what was killed, and waits until the job speaks again.
     *
     * @param beganAtMs when the run began, epoch milliseconds
     */
    StruckFault strike(PlannedFault fault, long beganAtMs) throws Exception {
        // Beforehand, while all is well: looking for the victim takes time.
        String victim = victim(fault);
        observer.mark();
        int running = observer.running();
        long struckAt = System.currentTimeMillis();
        Predicate<Emission> answer = act(fault, victim, struckAt);
        long recoveredAt = observer.awaitEmission(answer, LIMIT);
        cluster.requireAlive();
        return new StruckFault(
                "%s %s".formatted(fault.kind().label(), victim).strip(),
                struckAt - beganAtMs,
                running,
                recoveredAt - struckAt);
    }

    private String victim(PlannedFault fault) throws Exception {
        return switch (fault.kind()) {
            case TASK_MANAGER -> {
                List<SpeakingSubtask> speaking = awaitRunning(0);
                yield speaking.get(fault.choice() % speaking.size()).taskManager();
            }
            case RESCALE -> {
                List<Integer> others =
                        IntStream.rangeClosed(1, maxParallelism)
                                .filter(p -> p != job.parallelism())
                                .boxed()
                                .toList();
                yield others.get(fault.choice() % others.size()).toString();
            }
            case BROKER, JOB_MANAGER -> "";
        };
    }

    /** What a record must be like to be written by the job as it is after the fault. */
    private Predicate<Emission> act(PlannedFault fault, String victim, long struckAt)
            throws Exception {
        switch (fault.kind()) {
            case BROKER -> {
                cluster.killBroker();
                cluster.startBroker();
                long answering = System.currentTimeMillis();
                return emission -> emission.receivedAtMs() >= answering;
            }
            case TASK_MANAGER -> {
                cluster.killTaskManager(victim);
                cluster.startTaskManager(victim);
            }
            case JOB_MANAGER -> {
                cluster.killJobManager();
                cluster.startJobManager();
            }
            case RESCALE -> job.rescale(Integer.parseInt(victim));
        }
        long deployedAt =
                awaitRunning(struckAt).stream()
                        .mapToLong(SpeakingSubtask::deployedAtMs)
                        .min()
                        .orElseThrow();
        return emission -> emission.emittedAtMs() >= deployedAt;
    }

    /** Waits until all subtasks run in attempts that were deployed since then. */
    private List<SpeakingSubtask> awaitRunning(long sinceMs) throws Exception {
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < limit) {
            List<SpeakingSubtask> speaking = rest.speaking(job.id());
            if (!speaking.isEmpty()
                    && speaking.stream()
                            .allMatch(task -> task.running() && task.deployedAtMs() >= sinceMs)) {
                return speaking;
            }
            cluster.requireAlive();
            Thread.sleep(PAUSE_MS);
        }
        throw new TimeoutException(
                "the job did not run again within %d s; its subtasks: %s"
                        .formatted(LIMIT.toSeconds(), rest.speaking(job.id())));
    }
}
