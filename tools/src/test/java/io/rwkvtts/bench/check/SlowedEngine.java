package io.rwkvtts.bench.check;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import java.util.List;

/**
 * An engine whose computing calls take several times as long as those of another one, and do the
 * same: the slowdown to be noticed.
 */
final class SlowedEngine extends ForwardingEngine {

    private final int times;

    SlowedEngine(InferenceEngine engine, int times) {
        super(engine);
        this.times = times;
    }

    @Override
    public void prefill(List<PromptPiece> pieces) {
        slowly(() -> super.prefill(pieces));
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        slowly(() -> super.step(slots, tokens, count));
    }

    private void slowly(Runnable call) {
        long start = System.nanoTime();
        call.run();
        long end = start + times * (System.nanoTime() - start);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
