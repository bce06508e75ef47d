package io.rwkvtts.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Waits until a job runs. Belongs to one thread. */
final class JobState {

    static final Duration LIMIT = Duration.ofSeconds(120);

    private static final long PAUSE_MS = 50;

    private final ChaosCluster cluster;
    private final ChaosJob job;
    private final JobManagerRest rest;

    JobState(ChaosCluster cluster, ChaosJob job, JobManagerRest rest) {
        this.cluster = cluster;
        this.job = job;
        this.rest = rest;
    }

    /**
     * Waits until all TaskManagers are there and all subtasks run.
     *
     * @return where the subtasks are
     */
    List<GeneratingSubtask> awaitAll() throws Exception {
        return awaitAll(cluster::requireAlive);
    }

    /** The same; starts processes again that end meanwhile. */
    void awaitAllSupervised() throws Exception {
        awaitAll(cluster::startEnded);
    }

    /** Waits until one JobManager leads and the other stands by. */
    void awaitStandby() throws Exception {
        awaitStandby(cluster::requireAlive);
    }

    /** The same; starts processes again that end meanwhile. */
    void awaitStandbySupervised() throws Exception {
        awaitStandby(cluster::startEnded);
    }

    private void awaitStandby(Check check) throws Exception {
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (!rest.allAnswer()) {
            pause(limit, check);
        }
    }

    private List<GeneratingSubtask> awaitAll(Check check) throws Exception {
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (rest.taskManagers() < ChaosSettings.TASK_MANAGERS) {
            pause(limit, check);
        }
        return awaitSubtasks(0, limit, check);
    }

    /** Of the processes, while waiting. */
    private interface Check {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Waits until a checkpoint of the job completes and is not its first one.
     *
     * @return its directory
     */
    Path awaitCheckpoint() throws Exception {
        long limit = System.nanoTime() + LIMIT.toNanos();
        Path first = null;
        while (true) {
            Optional<Path> newest = rest.newestCheckpoint(job.id());
            if (first == null) {
                first = newest.orElse(null);
            } else if (newest.isPresent() && !newest.get().equals(first)) {
                return newest.get();
            }
            pause(limit, cluster::requireAlive);
        }
    }

    /** Waits until all subtasks run that were deployed since then; when the first of them was. */
    long awaitDeployed(long sinceMs) throws Exception {
        return awaitSubtasks(sinceMs, System.nanoTime() + LIMIT.toNanos(), cluster::requireAlive)
                .stream()
                .mapToLong(GeneratingSubtask::deployedAtMs)
                .min()
                .orElseThrow();
    }

    private List<GeneratingSubtask> awaitSubtasks(long sinceMs, long limit, Check check)
            throws Exception {
        List<GeneratingSubtask> speaking = rest.speaking(job.id());
        while (speaking.isEmpty()
                || !speaking.stream()
                        .allMatch(task -> task.running() && task.deployedAtMs() >= sinceMs)) {
            pause(limit, check);
            speaking = rest.speaking(job.id());
        }
        return speaking;
    }

    private void pause(long limit, Check check) throws Exception {
        check.run();
        if (System.nanoTime() > limit) {
            throw new TimeoutException(
                    "the job did not run again within %d s; %d of %d TaskManagers, its subtasks: %s"
                            .formatted(
                                    LIMIT.toSeconds(),
                                    rest.taskManagers(),
                                    ChaosSettings.TASK_MANAGERS,
                                    rest.speaking(job.id())));
        }
        Thread.sleep(PAUSE_MS);
    }
}
