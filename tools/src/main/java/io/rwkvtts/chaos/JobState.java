package io.rwkvtts.chaos;

import java.time.Duration;
import java.util.List;
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
    List<SpeakingSubtask> awaitAll() throws Exception {
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (rest.taskManagers() < ChaosSettings.TASK_MANAGERS) {
            pause(limit);
        }
        return awaitSubtasks(0, limit);
    }

    /** Waits until all subtasks run that were deployed since then; when the first of them was. */
    long awaitDeployed(long sinceMs) throws Exception {
        return awaitSubtasks(sinceMs, System.nanoTime() + LIMIT.toNanos()).stream()
                .mapToLong(SpeakingSubtask::deployedAtMs)
                .min()
                .orElseThrow();
    }

    private List<SpeakingSubtask> awaitSubtasks(long sinceMs, long limit) throws Exception {
        List<SpeakingSubtask> speaking = rest.speaking(job.id());
        while (speaking.isEmpty()
                || !speaking.stream()
                        .allMatch(task -> task.running() && task.deployedAtMs() >= sinceMs)) {
            pause(limit);
            speaking = rest.speaking(job.id());
        }
        return speaking;
    }

    private void pause(long limit) throws Exception {
        cluster.requireAlive();
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
