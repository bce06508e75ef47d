package io.rwkvtts.operator;

import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Engines that a process opens before it has work, once, for its first tasks; if it is to, what a
 * job leaves is kept for the next one. They are closed when a task comes that needs others. For any
 * thread.
 */
public final class StandbyEngines {

    private static final Logger LOG = LoggerFactory.getLogger(StandbyEngines.class);
    private static final StandbyEngines OF_PROCESS = new StandbyEngines();

    private final Deque<InferenceEngine> engines = new ArrayDeque<>();
    private Object identity;
    private int most;
    private int opening;
    private boolean unwanted;

    StandbyEngines() {}

    /**
     * Opens engines for the first tasks of this process; does nothing if that was done before, if a
     * task has needed others, or if the engines of the factory have no identity.
     *
     * @param keep whether to keep as many of those that a job leaves, for the next one
     * @throws IOException as {@link EngineFactory#open}
     * @throws IllegalArgumentException as {@link EngineFactory#open}
     */
    public static void open(EngineFactory factory, int count, boolean keep) throws IOException {
        OF_PROCESS.openAll(factory, count, keep);
    }

    static StandbyEngines ofProcess() {
        return OF_PROCESS;
    }

    void openAll(EngineFactory factory, int count, boolean keep) throws IOException {
        Optional<Object> of = factory.identity();
        if (of.isEmpty() || !begin(of.get(), count, keep)) {
            return;
        }
        try {
            while (opensMore()) {
                // Not locked: a task that needs another engine does not wait for this one.
                add(factory.open(List.of()));
            }
        } finally {
            end();
        }
    }

    private synchronized boolean begin(Object of, int count, boolean keep) {
        if (unwanted || identity != null) {
            return false;
        }
        identity = of;
        most = keep ? count : 0;
        opening = count;
        return true;
    }

    private synchronized boolean opensMore() {
        return opening > 0;
    }

    private synchronized void add(InferenceEngine engine) {
        if (unwanted) {
            engine.close();
            return;
        }
        engines.add(engine);
        opening--;
        notifyAll();
    }

    private synchronized void end() {
        opening = 0;
        notifyAll();
    }

    /**
     * An engine, owned by the caller from now on; waits for one that is being opened.
     *
     * @param wanted {@link EngineFactory#identity} of the factory that would open one
     */
    synchronized Optional<InferenceEngine> take(Object wanted) throws InterruptedException {
        if (!wanted.equals(identity)) {
            discard();
        }
        while (engines.isEmpty() && opening > 0) {
            wait();
        }
        return Optional.ofNullable(engines.poll());
    }

    /**
     * Takes an engine that a job has left, unless none is kept, or that many are here already as
     * were opened.
     *
     * @param of {@link EngineFactory#identity} of the factory that opened it
     * @return whether it is kept; else the caller closes it
     */
    synchronized boolean keep(Object of, InferenceEngine engine) {
        if (unwanted || !of.equals(identity) || engines.size() + opening >= most) {
            return false;
        }
        engines.add(engine);
        notifyAll();
        return true;
    }

    /** A task has come that needs none of them. */
    synchronized void discard() {
        unwanted = true;
        opening = 0;
        close(engines);
        notifyAll();
    }

    /** Closes all of them, also if one fails to. */
    static void close(Deque<InferenceEngine> engines) {
        while (!engines.isEmpty()) {
            try {
                engines.poll().close();
            } catch (RuntimeException e) {
                LOG.warn("An engine that nobody uses could not be closed", e);
            }
        }
    }
}
