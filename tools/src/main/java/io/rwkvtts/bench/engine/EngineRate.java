package io.rwkvtts.bench.engine;

import io.rwkvtts.engine.InferenceEngine;
import java.time.Duration;
import java.util.stream.IntStream;

/** What the engine alone does: what the job around it is held against. For one thread. */
public final class EngineRate implements AutoCloseable {

    private final InferenceEngine engine;
    private final int[] tokens;

    /**
     * @param engine with as many slots as the largest batch; closed with this
     */
    public EngineRate(InferenceEngine engine) {
        this.engine = engine;
        int slots = engine.slots();
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
