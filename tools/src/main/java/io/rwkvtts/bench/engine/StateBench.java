package io.rwkvtts.bench.engine;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether a step late in a long sequence takes longer than an early one. A recurrent state does not
 * grow, so it must not. The same sequence continues from its 10th and its 2000th token, in turns:
 * what the machine does meanwhile is the same for both.
 */
public final class StateBench {

    private static final int EARLY = 10;
    private static final int LATE = 2000;

    /** Short, so that an early turn is one. */
    private static final int STEPS_OF_A_TURN = 10;

    private final EngineBenchSettings settings;
    private final EngineOpener opener;

    /**
     * A benchmark to be run.
     *
     * @param settings a turn and the prompts are of no effect
     */
    public StateBench(EngineBenchSettings settings, EngineOpener opener) {
        this.settings = settings;
        this.opener = opener;
    }

    /** Runs it. */
    public StateReport run() throws IOException {
        Surroundings surroundings = Surroundings.now();
        List<StateResult> results = new ArrayList<>();
        for (BenchModel model : settings.models()) {
            EngineOptions options =
                    new EngineOptions(settings.slots(), settings.threads(), true, false);
            try (InferenceEngine engine = opener.open(model.directory(), options)) {
                int[] tokens = Tokens.random(1, LATE, engine.model().vocabRows());
                byte[] early = stateBehind(engine, tokens, 0, EARLY);
                byte[] late = stateBehind(engine, tokens, EARLY, LATE);
                for (int batch : settings.batches()) {
                    results.add(measure(engine, model, batch, early, late));
                }
            }
        }
        return new StateReport(surroundings, results);
    }

    /** Continues the sequence in slot 0. */
    private static byte[] stateBehind(InferenceEngine engine, int[] tokens, int from, int to) {
        for (int at = from; at < to; at++) {
            engine.step(new int[] {0}, new int[] {tokens[at]}, 1);
        }
        return engine.saveState(0);
    }

    private StateResult measure(
            InferenceEngine engine, BenchModel model, int batch, byte[] early, byte[] late) {
        IntStream.range(0, engine.slots()).forEach(engine::clear);
        int[] slots = IntStream.range(0, batch).toArray();
        int[] fed = Tokens.random(batch, batch, engine.model().vocabRows());
        TimedCalls atEarly = new TimedCalls(() -> engine.step(slots, fed, batch), false);
        TimedCalls atLate = new TimedCalls(() -> engine.step(slots, fed, batch), false);
        for (int round = 0; round < settings.rounds(); round++) {
            turn(engine, early, slots, atEarly);
            turn(engine, late, slots, atLate);
        }
        double earlyMs = atEarly.millis().median();
        double lateMs = atLate.millis().median();
        return new StateResult(
                model.shape(),
                model.quantize(),
                batch,
                earlyMs,
                lateMs,
                lateMs / earlyMs,
                early.length,
                late.length);
    }

    private static void turn(InferenceEngine engine, byte[] state, int[] slots, TimedCalls steps) {
        for (int slot : slots) {
            engine.loadState(slot, state);
        }
        steps.turn(STEPS_OF_A_TURN);
    }
}
