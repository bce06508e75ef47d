package io.rwkvtts.bench.engine;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a sequence has the same logits, bit for bit, in a batch and alone. In the batch its
 * prompt is fed at once, beside the others'; alone all its tokens are stepped one by one.
 */
final class BatchInvariance {

    private static final int PROMPT = 9;
    private static final int STEPS = 4;

    /** Rows that are computed again alone: the first, the last and some between. */
    private static final int ROWS_CHECKED = 8;

    private final InferenceEngine engine;

    /**
     * @param engine its slots are used and cleared
     */
    BatchInvariance(InferenceEngine engine) {
        this.engine = engine;
    }

    boolean holds(int batch) {
        int[][] sequences = new int[batch][];
        for (int row = 0; row < batch; row++) {
            sequences[row] = Tokens.random(row, PROMPT + STEPS, engine.model().vocabRows());
        }
        List<float[]> together = together(sequences);
        int checked = Math.min(batch, ROWS_CHECKED);
        for (int i = 0; i < checked; i++) {
            int row = checked == 1 ? 0 : i * (batch - 1) / (checked - 1);
            // Equal as Float.equals: a zero has a sign.
            if (!Arrays.equals(together.get(row), alone(sequences[row]))) {
                return false;
            }
        }
        return true;
    }

    private List<float[]> together(int[][] sequences) {
        clear();
        List<PromptPiece> prompts = new ArrayList<>();
        int[] slots = new int[sequences.length];
        for (int row = 0; row < slots.length; row++) {
            slots[row] = row;
            prompts.add(new PromptPiece(row, sequences[row], 0, PROMPT));
        }
        engine.prefill(prompts);
        for (int step = PROMPT; step < PROMPT + STEPS; step++) {
            int at = step;
            int[] tokens = Arrays.stream(sequences).mapToInt(sequence -> sequence[at]).toArray();
            engine.step(slots, tokens, slots.length);
        }
        return Arrays.stream(slots).mapToObj(this::logits).toList();
    }

    private float[] alone(int[] sequence) {
        clear();
        for (int token : sequence) {
            engine.step(new int[] {0}, new int[] {token}, 1);
        }
        return logits(0);
    }

    private float[] logits(int slot) {
        float[] logits = new float[engine.model().headRows()];
        engine.logits(slot, logits, logits.length);
        return logits;
    }

    private void clear() {
        for (int slot = 0; slot < engine.slots(); slot++) {
            engine.clear(slot);
        }
    }
}
