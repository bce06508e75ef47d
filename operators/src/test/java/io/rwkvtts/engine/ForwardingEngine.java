package io.rwkvtts.engine;

import java.util.List;

/** Another engine, for tests that change one thing about it. */
public abstract class ForwardingEngine implements InferenceEngine {

    private final InferenceEngine engine;

    protected ForwardingEngine(InferenceEngine engine) {
        this.engine = engine;
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
        engine.step(slots, tokens, count);
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
    public boolean reset() {
        return engine.reset();
    }

    @Override
    public void close() {
        engine.close();
    }
}
