package io.rwkvtts.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Checks on the machine at hand what the callers rely on: that a sequence gets the same bits alone
 * and in a batch, fed at once and token by token, and after its state was saved and loaded. It
 * holds by the choice of the operators, but a processor or runtime that nobody has tried yet could
 * break it.
 */
public final class InvarianceCheck {

    private static final int[] BATCHES = {2, 3, 17};
    private static final int SEQUENCES = 3;
    private static final int STEPS = 4;
    private static final int PROMPT = 17;
    private static final int CUT = 13;

    private final InferenceEngine engine;
    private final int[] batches;
    private final Random random = new Random(1);

    /**
     * A check of a few sizes of batches.
     *
     * @param engine its slots are used and cleared
     */
    public InvarianceCheck(InferenceEngine engine) {
        this(engine, BATCHES);
    }

    /**
     * A check of these sizes of batches, as far as the engine has slots.
     *
     * @param engine its slots are used and cleared
     */
    public InvarianceCheck(InferenceEngine engine, int... batches) {
        this.engine = engine;
        this.batches = batches.clone();
    }

    /** What differed, or nothing. */
    public Optional<String> run() {
        try {
            return prompt().or(this::restored).or(this::batches);
        } finally {
            clear();
        }
    }

    private Optional<String> prompt() {
        int[] tokens = tokens(PROMPT);
        clear();
        for (int token : tokens) {
            engine.step(new int[] {0}, new int[] {token}, 1);
        }
        Result stepped = result(0);
        clear();
        engine.prefill(List.of(new PromptPiece(0, tokens, 0, CUT)));
        engine.prefill(List.of(new PromptPiece(0, tokens, CUT, PROMPT)));
        return result(0).equals(stepped)
                ? Optional.empty()
                : Optional.of(
                        "a prompt of %d tokens fed in pieces of %d and %d, and token by token"
                                .formatted(PROMPT, CUT, PROMPT - CUT));
    }

    /** For the state that the check before has left. */
    private Optional<String> restored() {
        int last = engine.slots() - 1;
        int[] token = tokens(1);
        byte[] state = engine.saveState(0);
        engine.step(new int[] {0}, token, 1);
        Result continued = result(0);
        clear();
        engine.loadState(last, state);
        engine.step(new int[] {last}, token, 1);
        return result(last).equals(continued)
                ? Optional.empty()
                : Optional.of("a sequence that goes on, and one whose state was saved and loaded");
    }

    private Optional<String> batches() {
        int[][] sequences = new int[SEQUENCES][];
        List<Result> alone = new ArrayList<>();
        for (int s = 0; s < SEQUENCES; s++) {
            sequences[s] = tokens(STEPS);
            clear();
            for (int token : sequences[s]) {
                engine.step(new int[] {0}, new int[] {token}, 1);
            }
            alone.add(result(0));
        }
        for (int batch : batchSizes()) {
            clear();
            int[] slots = IntStream.range(0, batch).toArray();
            for (int t = 0; t < STEPS; t++) {
                int step = t;
                int[] tokens =
                        Arrays.stream(slots).map(s -> sequences[s % SEQUENCES][step]).toArray();
                engine.step(slots, tokens, batch);
            }
            for (int slot : slots) {
                if (!result(slot).equals(alone.get(slot % SEQUENCES))) {
                    return Optional.of("row %d of a batch of %d, and alone".formatted(slot, batch));
                }
            }
        }
        return Optional.empty();
    }

    private int[] batchSizes() {
        return Arrays.stream(batches)
                .map(size -> Math.min(size, engine.slots()))
                .distinct()
                .toArray();
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, engine.model().vocabRows()).toArray();
    }

    private void clear() {
        for (int slot = 0; slot < engine.slots(); slot++) {
            engine.clear(slot);
        }
    }

    private Result result(int slot) {
        float[] logits = new float[engine.model().headRows()];
        engine.logits(slot, logits, logits.length);
        return new Result(Arrays.hashCode(logits), Arrays.hashCode(engine.saveState(slot)));
    }

    private record Result(int logits, int state) {}
}
