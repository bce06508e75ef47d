package io.rwkvtts.job;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.operator.EngineFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine that fails once, in mid-generation: at the first step of the third checkpoint's round
 * of snapshots. As checkpoints do not overlap, the one before has ended by then.
 */
final class FaultyEngine implements InferenceEngine {

    /** Faults so far in this JVM. */
    static final AtomicInteger FAULTS = new AtomicInteger();

    /** States loaded since the fault, by all engines of this JVM. */
    static final AtomicInteger LOADED = new AtomicInteger();

    private static final int FATAL_ROUND = 3;
    private static final int FATAL_STEP = 10;

    private final InferenceEngine engine;
    private int stepsSinceSave = 1;
    private int rounds;

    private FaultyEngine(InferenceEngine engine) {
        this.engine = engine;
    }

    static EngineFactory around(EngineFactory engines) {
        return () -> new FaultyEngine(engines.open());
    }

    static void reset() {
        FAULTS.set(0);
        LOADED.set(0);
    }

    @Override
    public EngineModel model() {
        return engine.model();
    }

    @Override
    public int slots() {
        return engine.slots();
    }

    @Override
    public void clear(int slot) {
        engine.clear(slot);
    }

    @Override
    public void prefill(List<PromptPiece> pieces) {
        engine.prefill(pieces);
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        stepsSinceSave++;
        if (rounds >= FATAL_ROUND && stepsSinceSave >= FATAL_STEP && FAULTS.compareAndSet(0, 1)) {
            throw new IllegalStateException("planted fault");
        }
        engine.step(slots, tokens, count);
    }

    @Override
    public void logits(int slot, float[] destination, int count) {
        engine.logits(slot, destination, count);
    }

    @Override
    public byte[] saveState(int slot) {
        if (stepsSinceSave > 0) {
            stepsSinceSave = 0;
            rounds++;
        }
        return engine.saveState(slot);
    }

    @Override
    public void loadState(int slot, byte[] state) {
        LOADED.incrementAndGet();
        engine.loadState(slot, state);
    }

    @Override
    public void close() {
        engine.close();
    }
}
