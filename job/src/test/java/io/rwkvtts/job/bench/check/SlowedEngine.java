package io.rwkvtts.job.bench.check;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import java.util.List;

/**
 * An engine whose computing calls take several times as long as those of another one, and do the
 * same: the slowdown to be noticed.
 */
record SlowedEngine(InferenceEngine engine, int times) implements InferenceEngine {

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
        slowly(() -> engine.prefill(pieces));
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        slowly(() -> engine.step(slots, tokens, count));
    }

    private void slowly(Runnable call) {
        long start = System.nanoTime();
        call.run();
        long end = start + times * (System.nanoTime() - start);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void logits(int slot, float[] destination, int count) {
        engine.logits(slot, destination, count);
    }

    @Override
    public byte[] saveState(int slot) {
        return engine.saveState(slot);
    }

    @Override
    public void loadState(int slot, byte[] state) {
        engine.loadState(slot, state);
    }

    @Override
    public void close() {
        engine.close();
    }
}
