package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.fuzz.AllocatedBytes;
import io.rwkvtts.protocol.GenerationLimits;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the loop takes from the heap for each token, the engine's own share not counted. */
class StepAllocationTest {

    private static final int MOST_BYTES_PER_TOKEN = 64;
    private static final int WARM_UP_STEPS = 200;
    private static final int STEPS = 1_000;
    private static final GenerationLimits LIMITS = new GenerationLimits(2_000, 2_048);

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 32})
    void testATokenTakesFewBytesItsChunkIncluded(int batch) {
        Metered engine =
                new Metered(
                        new ScriptedEngine(ScriptedEngine.model(12_686, 8193), batch)
                                .endAfter(2_000));
        SynthesisLoop loop = TestLoop.on(engine).limits(LIMITS).open();
        for (int i = 0; i < batch; i++) {
            loop.admit(
                    TestLoop.request("request-" + i, "Sentence number " + i + "."),
                    System.nanoTime());
        }
        step(loop, WARM_UP_STEPS);
        long engineBefore = engine.allocated;
        long before = AllocatedBytes.byThisThread();
        step(loop, STEPS);
        long all = AllocatedBytes.byThisThread() - before;
        long own = all - (engine.allocated - engineBefore);

        assertThat(loop.running()).hasSize(batch);
        assertThat((double) own / (STEPS * batch)).isLessThanOrEqualTo(MOST_BYTES_PER_TOKEN);
    }

    private static void step(SynthesisLoop loop, int steps) {
        for (int step = 0; step < steps; step++) {
            loop.step();
        }
    }

    /** An engine that knows what it allocates itself. */
    private static final class Metered extends ForwardingEngine {

        private long allocated;

        Metered(InferenceEngine engine) {
            super(engine);
        }

        @Override
        public void step(int[] slots, int[] tokens, int count) {
            long before = AllocatedBytes.byThisThread();
            super.step(slots, tokens, count);
            allocated += AllocatedBytes.byThisThread() - before;
        }

        @Override
        public void prefill(List<PromptPiece> pieces) {
            long before = AllocatedBytes.byThisThread();
            super.prefill(pieces);
            allocated += AllocatedBytes.byThisThread() - before;
        }

        @Override
        public void logits(int slot, float[] destination, int count) {
            long before = AllocatedBytes.byThisThread();
            super.logits(slot, destination, count);
            allocated += AllocatedBytes.byThisThread() - before;
        }
    }
}
