package io.rwkvtts.bench.engine;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelDirectory;
import java.time.Duration;
import java.util.stream.IntStream;

/** What the engine alone does: what the job around it is held against. For one thread. */
public final class EngineRate implements AutoCloseable {

    private final InferenceEngine engine;
    private final int[] tokens;

    /**
     * Opens an engine.
     *
     * @param slots largest batch
     * @param threads that compute
     */
    public EngineRate(ModelDirectory model, int slots, int threads) {
        engine = CpuEngine.open(model, new EngineOptions(slots, threads, true, false));
        tokens = Tokens.random(slots, slots, engine.model().vocabRows());
    }

    /** Tokens per second of all sequences together, measured for that time. */
    public double tokensPerSecond(int batch, Duration length) {
        IntStream.range(0, engine.slots()).forEach(engine::clear);
        int[] slots = IntStream.range(0, batch).toArray();
        TimedCalls calls = new TimedCalls(() -> engine.step(slots, tokens, batch), false);
        calls.turn(length);
        return batch * calls.perSecond();
    }

    @Override
    public void close() {
        engine.close();
    }
}
