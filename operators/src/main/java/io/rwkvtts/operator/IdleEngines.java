package io.rwkvtts.operator;

import io.rwkvtts.engine.InferenceEngine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * The engines that tasks of a job have left in this process. A task that starts takes one of them:
 * to load the model and to test it takes longer than all else that a restart does. When the job has
 * no slot left in the process, they stand by for the next job, or are closed. For any thread.
 */
final class IdleEngines {

    private static final Map<JobID, IdleEngines> BY_JOB = new ConcurrentHashMap<>();
    private static final String RELEASE_HOOK = "close-idle-engines";

    private final Deque<InferenceEngine> engines = new ArrayDeque<>();
    private final StandbyEngines standby;
    private Object identity;
    private boolean jobEnded;

    private IdleEngines(StandbyEngines standby) {
        this.standby = standby;
    }

    /**
     * Those of the job of a task.
     *
     * @param standby takes what the job leaves
     */
    static IdleEngines of(RuntimeContext task, StandbyEngines standby) {
        JobID job = task.getJobInfo().getJobId();
        task.registerUserCodeClassLoaderReleaseHookIfAbsent(RELEASE_HOOK, () -> release(job));
        return BY_JOB.computeIfAbsent(job, id -> new IdleEngines(standby));
    }

    private static void release(JobID job) {
        IdleEngines released = BY_JOB.remove(job);
        if (released != null) {
            released.endJob();
        }
    }

    /**
     * An engine, owned by the caller from now on. Those of another identity are closed: the files
     * of the model have been replaced.
     *
     * @param wanted {@link EngineFactory#identity} of the factory that would open one
     */
    synchronized Optional<InferenceEngine> take(Object wanted) {
        require(wanted);
        return Optional.ofNullable(engines.poll());
    }

    /**
     * Keeps an engine, or closes it if it can't be used again.
     *
     * @param of {@link EngineFactory#identity} of the factory that opened it
     */
    synchronized void keep(Object of, InferenceEngine engine) {
        if (!engine.reset()) {
            engine.close();
            return;
        }
        require(of);
        engines.add(engine);
        if (jobEnded) {
            endJob();
        }
    }

    private void require(Object wanted) {
        if (!wanted.equals(identity)) {
            StandbyEngines.close(engines);
            identity = wanted;
        }
    }

    private synchronized void endJob() {
        jobEnded = true;
        engines.removeIf(engine -> standby.keep(identity, engine));
        StandbyEngines.close(engines);
    }
}
