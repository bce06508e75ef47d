package io.rwkvtts.chaos;

import io.rwkvtts.job.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Strikes a running job and measures how long it is silent. Belongs to one thread. */
final class FaultInjector {

    /** The last but one chunk of a request, counted back from its last one. */
    private static final int LAST_BUT_ONE = -2;

    private final ChaosCluster cluster;
    private final KafkaSettings kafka;
    private final ChaosJob job;
    private final JobState state;
    private final RecordWitness witness;
    private final LoadGenerator load;
    private final FaultLengths lengths;
    private final int maxParallelism;

    /**
     * @param kafka the topics of the job
     * @param maxParallelism most subtasks that generate
     */
    FaultInjector(
            ChaosCluster cluster,
            KafkaSettings kafka,
            ChaosJob job,
            JobState state,
            RecordWitness witness,
            LoadGenerator load,
            FaultLengths lengths,
            int maxParallelism) {
        this.cluster = cluster;
        this.kafka = kafka;
        this.job = job;
        this.state = state;
        this.witness = witness;
        this.load = load;
        this.lengths = lengths;
        this.maxParallelism = maxParallelism;
    }

    /**
     * Strikes, starts again what was killed, lets what was paused continue, heals what was cut, and
     * waits until the job generates again or all requests have ended.
     *
     * @param beganAtMs when the run began, epoch milliseconds
     * @param prompted request whose chunk it strikes at, sent for it; empty if it strikes at once
     * @param onOver run when the fault is over, before the wait
     */
    StruckFault strike(
            PlannedFault fault, long beganAtMs, Optional<PlannedRequest> prompted, Runnable onOver)
            throws Exception {
        // Beforehand, while all is well: looking for the target takes time.
        List<GeneratingSubtask> speaking = state.awaitAll();
        if (prompted.isPresent()) {
            speaking = List.of(speaking.get(job.subtask(prompted.get().id())));
        }
        FaultTarget target = target(fault, speaking);
        Optional<Path> checkpoint =
                fault.kind().damagesCheckpoint()
                        ? Optional.of(state.awaitCheckpoint())
                        : Optional.empty();
        if (prompted.isPresent()) {
            load.sendAtOnce(prompted.get());
            awaitChunk(fault.kind(), prompted.get().id());
        }
        witness.mark();
        int running = witness.running();
        long struckAt = System.currentTimeMillis();
        Recovery recovery =
                checkpoint.isPresent()
                        ? damage(fault.kind(), target, checkpoint.get(), struckAt)
                        : act(fault.kind(), target, struckAt);
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

    private FaultTarget target(PlannedFault fault, List<GeneratingSubtask> speaking)
            throws Exception {
        String taskManager = fault.oneOf(speaking).taskManager();
        int partition = fault.kind() == FaultKind.KILL_LEADER ? partition(fault) : -1;
        List<String> processes =
                switch (fault.kind()) {
                    case KILL_TASK_MANAGER,
                            KILL_AT_FIRST_CHUNK,
                            KILL_AT_LAST_CHUNK,
                            PAUSE_TASK_MANAGER,
                            PAUSE_UNTIL_REPLACED,
                            PAUSE_TASK_MANAGER_LONG,
                            CLOCK_FORWARD,
                            CLOCK_BACK ->
                            List.of(taskManager);
                    case KILL_JOB_MANAGER, PAUSE_JOB_MANAGER, PAUSE_JOB_MANAGER_LONG ->
                            List.of(leadingJobManager());
                    case KILL_BROKER, PAUSE_BROKER -> List.of(fault.oneOf(cluster.brokers()));
                    case KILL_LEADER -> List.of(cluster.leader(kafka, partition));
                    case KILL_TASK_MANAGERS -> startingWith(taskManager);
                    case KILL_BROKER_AND_TASK_MANAGER ->
                            List.of(fault.oneOf(cluster.brokers()), taskManager);
                    case KILL_JOB_MANAGER_AND_TASK_MANAGER ->
                            List.of(leadingJobManager(), taskManager);
                    case PAUSE_ZOOKEEPER -> List.of(ChaosCluster.ZOOKEEPER);
                    case RESCALE_IN_FAILOVER, FLIP_STATE, CUT_STATE ->
                            List.of(fault.oneOf(List.of(taskManager, leadingJobManager())));
                    case RESCALE,
                            FLIP_METADATA,
                            REJECT,
                            REJECT_LONG,
                            DROP,
                            DROP_LONG,
                            DROP_REQUESTS,
                            DROP_RESPONSES ->
                            List.of();
                };
        List<Integer> others =
                IntStream.rangeClosed(1, maxParallelism)
                        .filter(p -> p != job.parallelism())
                        .boxed()
                        .toList();
        return new FaultTarget(processes, partition, fault.oneOf(others), lengths.of(fault));
    }

    /** When another one stands by. */
    private String leadingJobManager() throws Exception {
        state.awaitStandby();
        return cluster.leadingJobManager();
    }

    /** A partition that a running generation writes to. */
    private int partition(PlannedFault fault) {
        List<Integer> partitions = witness.partitions();
        return partitions.isEmpty() ? 0 : fault.oneOf(partitions);
    }

    /** All TaskManagers, this one first. */
    private List<String> startingWith(String taskManager) {
        List<String> all = new ArrayList<>(cluster.taskManagers());
        all.remove(taskManager);
        all.add(0, taskManager);
        return all;
    }

    private void awaitChunk(FaultKind kind, String request) throws Exception {
        int place = kind == FaultKind.KILL_AT_FIRST_CHUNK ? 0 : LAST_BUT_ONE;
        witness.awaitChunk(request, place, JobState.LIMIT);
    }

    /** Damages the newest checkpoint, lets the job find it, and continues as an operator does. */
    private Recovery damage(FaultKind kind, FaultTarget target, Path checkpoint, long struckAt)
            throws Exception {
        if (kind == FaultKind.FLIP_METADATA) {
            CheckpointFile metadata = CheckpointFile.metadata(checkpoint);
            metadata.flip();
            job.continueAfterEnd(metadata.path());
        } else {
            CheckpointFile file = CheckpointFile.state(checkpoint);
            if (kind == FaultKind.FLIP_STATE) {
                file.flip();
            } else {
                file.cut();
            }
            restart(target);
            job.continueAfterFailure(file.path());
        }
        return Recovery.ofDeployment(struckAt, state.awaitDeployed(struckAt));
    }

    private Recovery act(FaultKind kind, FaultTarget target, long struckAt) throws Exception {
        switch (kind) {
            case KILL_BROKER -> {
                restart(target);
                return Recovery.from(struckAt);
            }
            case KILL_LEADER -> {
                restart(target);
                return Recovery.ofPartition(struckAt, target.partition());
            }
            case KILL_TASK_MANAGER,
                    KILL_JOB_MANAGER,
                    KILL_TASK_MANAGERS,
                    KILL_BROKER_AND_TASK_MANAGER,
                    KILL_JOB_MANAGER_AND_TASK_MANAGER,
                    KILL_AT_FIRST_CHUNK,
                    KILL_AT_LAST_CHUNK -> {
                long lastKillAt = restart(target);
                return Recovery.ofDeployment(struckAt, state.awaitDeployed(lastKillAt));
            }
            case RESCALE -> job.rescale(target.parallelism());
            case RESCALE_IN_FAILOVER -> {
                CompletableFuture<Void> restarted = restartLater(target);
                job.rescale(target.parallelism());
                restarted.get();
            }
            case PAUSE_TASK_MANAGER, PAUSE_BROKER -> {
                pause(target);
                return Recovery.from(System.currentTimeMillis());
            }
            case PAUSE_ZOOKEEPER -> {
                pause(target);
                long resumedAt = System.currentTimeMillis();
                state.awaitAllSupervised();
                Recovery recovery = Recovery.from(resumedAt);
                // A JobManager that has lost ZooKeeper takes seconds to end.
                state.awaitStandbySupervised();
                return recovery;
            }
            case PAUSE_UNTIL_REPLACED,
                    PAUSE_TASK_MANAGER_LONG,
                    PAUSE_JOB_MANAGER,
                    PAUSE_JOB_MANAGER_LONG -> {
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
            case DROP_REQUESTS -> {
                cluster.link().dropRequests();
                return Recovery.from(heal(target));
            }
            case DROP_RESPONSES -> {
                cluster.link().dropResponses();
                return Recovery.from(heal(target));
            }
            case CLOCK_FORWARD -> {
                return Recovery.from(setClock(target, "+1h"));
            }
            case CLOCK_BACK -> {
                return Recovery.from(setClock(target, "-1h"));
            }
            case FLIP_STATE, CUT_STATE, FLIP_METADATA ->
                    throw new IllegalArgumentException(kind + " damages a checkpoint");
        }
        return Recovery.ofDeployment(struckAt, state.awaitDeployed(struckAt));
    }

    /**
     * Kills the processes one after the other, then starts all of them again.
     *
     * @return when the last one was killed, epoch milliseconds
     */
    private long restart(FaultTarget target) throws IOException, InterruptedException {
        List<String> processes = target.processes();
        cluster.kill(processes.get(0));
        for (String next : processes.subList(1, processes.size())) {
            Thread.sleep(target.length().toMillis());
            cluster.kill(next);
        }
        long lastKillAt = System.currentTimeMillis();
        for (String process : processes) {
            cluster.start(process);
        }
        return lastKillAt;
    }

    /** Sets a clock for the fault's time; when it was right again, in epoch milliseconds. */
    private long setClock(FaultTarget target, String offset)
            throws IOException, InterruptedException {
        cluster.setClock(target.process(), offset);
        Thread.sleep(target.length().toMillis());
        cluster.setClock(target.process(), "+0");
        return System.currentTimeMillis();
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
