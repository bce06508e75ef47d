package io.rwkvtts.job;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.operator.EngineFactory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine that counts the states it loads and, if asked to, fails once in mid-generation: at the
 * tenth step after the third checkpoint's round of snapshots. As checkpoints do not overlap, the
 * first two have ended by then.
 */
final class FaultyEngine extends ForwardingEngine {

    /** Faults so far in this JVM. */
    static final AtomicInteger FAULTS = new AtomicInteger();

    /** States loaded since the fault or {@link #forget}, by all engines of this JVM. */
    static final AtomicInteger LOADED = new AtomicInteger();

    private static final int FATAL_ROUND = 3;
    private static final int FATAL_STEP = 10;

    private final boolean fails;
    private boolean saving;
    private int rounds;
    private int stepsBehindFatalRound;

    private FaultyEngine(InferenceEngine engine, boolean fails) {
        super(engine);
        this.fails = fails;
    }

    /** Engines that count; the first to get so far fails. */
    static EngineFactory failing(EngineFactory engines) {
        return new Failing(engines);
    }

    /** Its engines can be left to the next task: the fault is none of the computation. */
    private record Failing(EngineFactory engines) implements EngineFactory {

        @Override
        public InferenceEngine open(List<Integer> gpus) throws IOException {
            return new FaultyEngine(engines.open(gpus), true);
        }

        @Override
        public Optional<Object> identity() throws IOException {
            return engines.identity().map(wrapped -> List.of(Failing.class, wrapped));
        }
    }

    /** Engines that only count. */
    static EngineFactory counting(EngineFactory engines) {
        return gpus -> new FaultyEngine(engines.open(gpus), false);
    }

    static void forget() {
        FAULTS.set(0);
        LOADED.set(0);
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        saving = false;
        if (fails
                && rounds >= FATAL_ROUND
                && ++stepsBehindFatalRound >= FATAL_STEP
                && FAULTS.compareAndSet(0, 1)) {
            LOADED.set(0);
            throw new IllegalStateException("planted fault");
        }
        super.step(slots, tokens, count);
    }

    @Override
    public byte[] saveState(int slot) {
        if (!saving) {
            saving = true;
            rounds++;
        }
        return super.saveState(slot);
    }

    @Override
    public void loadState(int slot, byte[] state) {
        LOADED.incrementAndGet();
        super.loadState(slot, state);
    }
}
