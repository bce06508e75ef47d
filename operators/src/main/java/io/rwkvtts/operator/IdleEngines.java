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
 * The engines of a job that no task of this process uses at the moment. A task that restarts takes
 * one of them: to load the model and to test it takes longer than all else that a restart does.
 * They are closed when the job has no slot left in this process. For any thread.
 */
final class IdleEngines {

    private static final Map<JobID, IdleEngines> BY_JOB = new ConcurrentHashMap<>();
    private static final String RELEASE_HOOK = "close-idle-engines";

    private final Deque<InferenceEngine> engines = new ArrayDeque<>();
    private Object identity;
    private boolean closed;

    /** Those of the job that a task belongs to. */
    static IdleEngines of(RuntimeContext task) {
        JobID job = task.getJobInfo().getJobId();
        task.registerUserCodeClassLoaderReleaseHookIfAbsent(RELEASE_HOOK, () -> release(job));
        return BY_JOB.computeIfAbsent(job, id -> new IdleEngines());
    }

    private static void release(JobID job) {
        IdleEngines released = BY_JOB.remove(job);
        if (released != null) {
            released.close();
        }
    }

    /**
     * An engine, owned by the caller from now on. Those of another identity are closed: the job has
     * been started with another model or other settings.
     *
     * @param wanted {@link EngineFactory#identity} of the factory that would open one
     */
    synchronized Optional<InferenceEngine> take(Object wanted) {
        if (!wanted.equals(identity)) {
            closeEngines();
        }
        return Optional.ofNullable(engines.poll());
    }

    /**
     * Keeps an engine, or closes it if it can't be used again.
     *
     * @param of {@link EngineFactory#identity} of the factory that opened it
     */
    synchronized void keep(Object of, InferenceEngine engine) {
        if (closed || !engine.reset()) {
            engine.close();
            return;
        }
        if (!of.equals(identity)) {
            closeEngines();
        }
        identity = of;
        engines.add(engine);
    }

    private synchronized void close() {
        closed = true;
        closeEngines();
    }

    private void closeEngines() {
        engines.forEach(InferenceEngine::close);
        engines.clear();
    }
}
