package io.rwkvtts.job;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.operator.EngineFactory;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** An engine with the steps of a large model on a small machine. */
final class SlowEngine extends ForwardingEngine {

    private final Duration delay;

    private SlowEngine(InferenceEngine engine, Duration delay) {
        super(engine);
        this.delay = delay;
    }

    /** Engines whose every step takes this much longer. */
    static EngineFactory around(EngineFactory engines, Duration delay) {
        return gpus -> new SlowEngine(engines.open(gpus), delay);
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        long end = System.nanoTime() + delay.toNanos();
        while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        super.step(slots, tokens, count);
    }
}
