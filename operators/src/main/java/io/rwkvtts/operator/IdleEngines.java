package io.rwkvtts.operator;

import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Engines that no task of this process uses at the moment: those that the tasks of a job have left,
 * or those that were opened ahead of any job. A task that starts takes one of them: to load the
 * model and to test it takes longer than all else that a restart does. For any thread.
 */
public final class IdleEngines {

    private static final IdleEngines STANDBY = new IdleEngines();
    private static final Map<JobID, IdleEngines> BY_JOB = new ConcurrentHashMap<>();
    private static final String RELEASE_HOOK = "close-idle-engines";

    private final Deque<InferenceEngine> engines = new ArrayDeque<>();
    private Object identity;
    private boolean closed;

    private IdleEngines() {}

    /**
     * Opens engines for the first tasks of this process, which wait for them if need be. Does
     * nothing for a factory whose engines have no identity.
     *
     * @throws IOException as {@link EngineFactory#open}
     * @throws IllegalArgumentException as {@link EngineFactory#open}
     */
    public static void openStandby(EngineFactory factory, int count) throws IOException {
        Optional<Object> identity = factory.identity();
        if (identity.isPresent()) {
            STANDBY.open(factory, identity.get(), count);
        }
    }

    /** Those of the job of a task; they are closed when it has no slot left in this process. */
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
    Optional<InferenceEngine> take(Object wanted) {
        return poll(wanted).or(() -> STANDBY.poll(wanted));
    }

    private synchronized Optional<InferenceEngine> poll(Object wanted) {
        require(wanted);
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
        require(of);
        engines.add(engine);
    }

    private synchronized void open(EngineFactory factory, Object of, int count) throws IOException {
        require(of);
        for (int i = 0; i < count; i++) {
            engines.add(factory.open(List.of()));
        }
    }

    private void require(Object wanted) {
        if (!wanted.equals(identity)) {
            closeEngines();
            identity = wanted;
        }
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
