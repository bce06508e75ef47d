package io.rwkvtts.operator;

import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine of a task: opened for it, or one that is open already. */
final class EngineLease implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineLease.class);

    private final InferenceEngine engine;
    private final Runnable end;
    private boolean ended;

    private EngineLease(InferenceEngine engine, Runnable end) {
        this.engine = engine;
        this.end = end;
    }

    /**
     * Takes or opens an engine.
     *
     * @throws IOException as {@link EngineFactory#open}
     * @throws IllegalArgumentException as {@link EngineFactory#open}
     * @throws InterruptedException while it waits for one that is being opened
     */
    static EngineLease open(EngineFactory factory, RuntimeContext task)
            throws IOException, InterruptedException {
        return open(factory, task, StandbyEngines.ofProcess());
    }

    static EngineLease open(EngineFactory factory, RuntimeContext task, StandbyEngines standby)
            throws IOException, InterruptedException {
        Optional<Object> identity = factory.identity();
        if (identity.isEmpty()) {
            standby.discard();
            InferenceEngine engine = factory.open(GpuResources.of(task));
            return new EngineLease(engine, engine::close);
        }
        IdleEngines idle = IdleEngines.of(task, standby);
        Optional<InferenceEngine> open = idle.take(identity.get());
        if (open.isEmpty()) {
            open = standby.take(identity.get());
        }
        open.ifPresent(
                engine -> LOG.info("The engine is open already: {}", engine.model().weightsId()));
        InferenceEngine engine =
                open.isPresent() ? open.get() : factory.open(GpuResources.of(task));
        return new EngineLease(engine, () -> idle.keep(identity.get(), engine));
    }

    InferenceEngine engine() {
        return engine;
    }

    /** Leaves the engine to the next task of the job, or closes it. Further calls do nothing. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            end.run();
        }
    }
}
