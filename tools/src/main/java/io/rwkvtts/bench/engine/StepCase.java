package io.rwkvtts.bench.engine;

import io.rwkvtts.engine.InferenceEngine;
import java.time.Duration;
import java.util.stream.IntStream;

/** Steps of one batch size on an engine that others use in turn. */
final class StepCase {

    private static final int TOKENS = 4096;

    private final InferenceEngine engine;
    private final BenchModel model;
    private final int batch;
    private final int[] slots;
    private final int[] fed;
    private final int[] tokens;
    private final TimedCalls calls;
    private final boolean invariant;
    private int next;

    /**
     * @param threads that the engine computes with
     */
    StepCase(InferenceEngine engine, BenchModel model, int batch, int threads) {
        this.engine = engine;
        this.model = model;
        this.batch = batch;
        slots = IntStream.range(0, batch).toArray();
        fed = new int[batch];
        tokens = Tokens.random(batch, TOKENS, engine.model().vocabRows());
        calls = new TimedCalls(this::step, threads > 1);
        invariant = new BatchInvariance(engine).holds(batch);
    }

    void turn(Duration length) {
        // States that another size has left would have to be moved out of the way.
        for (int slot = 0; slot < engine.slots(); slot++) {
            engine.clear(slot);
        }
        calls.turn(length);
    }

    private void step() {
        for (int i = 0; i < batch; i++) {
            fed[i] = tokens[next++ % TOKENS];
        }
        next %= TOKENS;
        engine.step(slots, fed, batch);
    }

    StepResult result(Machine machine) {
        Floor floor = Floor.of(model.directory(), batch, batch, machine);
        double median = calls.millis().median();
        return new StepResult(
                model.shape(),
                model.quantize(),
                batch,
                batch * calls.perSecond(),
                calls.millis().quantile(0.1),
                median,
                calls.millis().quantile(0.95),
                calls.mediansByCores(),
                calls.millis().count(),
                floor.bandwidthMs(),
                median / floor.bandwidthMs(),
                floor.operationsMs(),
                median / floor.operationsMs(),
                floor.totalMs(),
                median / floor.totalMs(),
                calls.allocatedBytes(),
                invariant);
    }
}
