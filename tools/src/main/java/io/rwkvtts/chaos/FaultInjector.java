package io.rwkvtts.chaos;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Strikes a running job and measures how long it is silent. Belongs to one thread. */
final class FaultInjector {

    private final ChaosCluster cluster;
    private final ChaosJob job;
    private final JobState state;
    private final RecordWitness witness;
    private final FaultLengths lengths;
    private final int maxParallelism;

    FaultInjector(
            ChaosCluster cluster,
            ChaosJob job,
            JobState state,
            RecordWitness witness,
            FaultLengths lengths,
            int maxParallelism) {
        this.cluster = cluster;
        this.job = job;
        this.state = state;
        this.witness = witness;
        this.lengths = lengths;
        this.maxParallelism = maxParallelism;
    }

    /**
     * Strikes, starts again what was killed, lets what was paused continue, heals what was cut, and
     * waits until the job generates again or all requests have ended.
     *
     * @param beganAtMs when the run began, epoch milliseconds
     * @param onOver run when the fault is over, before the wait
     */
    StruckFault strike(PlannedFault fault, long beganAtMs, Runnable onOver) throws Exception {
        // Beforehand, while all is well: looking for the target takes time.
        FaultTarget target = target(fault, state.awaitAll());
        witness.mark();
        int running = witness.running();
        long struckAt = System.currentTimeMillis();
        Recovery recovery = act(fault.kind(), target, struckAt);
        onOver.run();
        OptionalLong recoveredAt = witness.awaitEmission(recovery.recovered(), JobState.LIMIT);
        cluster.requireAlive();
        return new StruckFault(
                target.describe(fault.kind()),
                struckAt - beganAtMs,
                running,
                recoveredAt.isPresent()
                        ? OptionalLong.of(recoveredAt.getAsLong() - recovery.fromMs())
                        : OptionalLong.empty());
    }

    private FaultTarget target(PlannedFault fault, List<GeneratingSubtask> speaking) {
        String taskManager = fault.oneOf(speaking).taskManager();
        String process =
                switch (fault.kind()) {
                    case KILL_TASK_MANAGER, PAUSE_TASK_MANAGER, PAUSE_UNTIL_REPLACED -> taskManager;
                    case KILL_JOB_MANAGER, PAUSE_JOB_MANAGER -> ChaosCluster.JOB_MANAGER;
                    case KILL_BROKER, PAUSE_BROKER -> ChaosCluster.BROKER;
                    case PAUSE_ZOOKEEPER -> ChaosCluster.ZOOKEEPER;
                    case RESCALE_IN_FAILOVER ->
                            fault.oneOf(List.of(taskManager, ChaosCluster.JOB_MANAGER));
                    case RESCALE, REJECT, REJECT_LONG, DROP, DROP_LONG -> "";
                };
        List<Integer> others =
                IntStream.rangeClosed(1, maxParallelism)
                        .filter(p -> p != job.parallelism())
                        .boxed()
                        .toList();
        return new FaultTarget(process, fault.oneOf(others), lengths.of(fault));
    }

    private Recovery act(FaultKind kind, FaultTarget target, long struckAt) throws Exception {
        switch (kind) {
            case KILL_TASK_MANAGER, KILL_JOB_MANAGER -> restart(target);
            case KILL_BROKER -> {
                restart(target);
                return Recovery.from(struckAt);
            }
            case RESCALE -> job.rescale(target.parallelism());
            case RESCALE_IN_FAILOVER -> {
                CompletableFuture<Void> restarted = restartLater(target);
                job.rescale(target.parallelism());
                restarted.get();
            }
            case PAUSE_TASK_MANAGER, PAUSE_JOB_MANAGER, PAUSE_BROKER -> {
                pause(target);
                return Recovery.from(System.currentTimeMillis());
            }
            case PAUSE_ZOOKEEPER -> {
                pause(target);
                long resumedAt = System.currentTimeMillis();
                state.awaitAllSupervised();
                return Recovery.from(resumedAt);
            }
            case PAUSE_UNTIL_REPLACED -> {
                return Recovery.ofDeployment(struckAt, pauseUntilReplaced(target, struckAt));
            }
            case REJECT, REJECT_LONG -> {
                cluster.link().reject();
                return Recovery.from(heal(target));
            }
            case DROP, DROP_LONG -> {
                cluster.link().drop();
                return Recovery.from(heal(target));
            }
        }
        return Recovery.ofDeployment(struckAt, state.awaitDeployed(struckAt));
    }

    private void restart(FaultTarget target) throws IOException, InterruptedException {
        cluster.kill(target.process());
        cluster.start(target.process());
    }

    private CompletableFuture<Void> restartLater(FaultTarget target) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        restart(target);
                    } catch (IOException | InterruptedException e) {
                        throw new CompletionException(e);
                    }
                },
                CompletableFuture.delayedExecutor(
                        target.length().toMillis(), TimeUnit.MILLISECONDS));
    }

    private void pause(FaultTarget target) throws IOException, InterruptedException {
        cluster.pause(target.process());
        try {
            Thread.sleep(target.length().toMillis());
        } finally {
            cluster.resume(target.process());
        }
    }

    /** When the subtasks were deployed that replace those of the paused process. */
    private long pauseUntilReplaced(FaultTarget target, long struckAt) throws Exception {
        cluster.pause(target.process());
        try {
            long deployedAt = state.awaitDeployed(struckAt);
            long left = struckAt + target.length().toMillis() - System.currentTimeMillis();
            Thread.sleep(Math.max(0, left));
            return deployedAt;
        } finally {
            cluster.resume(target.process());
        }
    }

    /** Heals the link after the fault's time; when, in epoch milliseconds. */
    private long heal(FaultTarget target) throws IOException, InterruptedException {
        Thread.sleep(target.length().toMillis());
        cluster.link().heal();
        return System.currentTimeMillis();
    }
}
