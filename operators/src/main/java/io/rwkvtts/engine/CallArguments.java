package io.rwkvtts.engine;

import java.util.List;

/**
 * Checks the arguments of calls to an {@link InferenceEngine}, before anything is changed by them.
 * For the one thread of the engine.
 */
public final class CallArguments {

    private final int vocabRows;

    /** Number of the latest check that met the slot, to find one that is named twice. */
    private final long[] metBy;

    private long checks;

    /**
     * @param slots of the engine
     * @param vocabRows tokens are in [0, vocabRows)
     */
    public CallArguments(int slots, int vocabRows) {
        this.vocabRows = vocabRows;
        metBy = new long[slots];
    }

    /**
     * Returns {@code slot}.
     *
     * @throws IllegalArgumentException if there is no such slot
     */
    public int checkSlot(int slot) {
        if (slot < 0 || slot >= metBy.length) {
            throw new IllegalArgumentException(
                    "slot %d: expected 0 to %d".formatted(slot, metBy.length - 1));
        }
        return slot;
    }

    /**
     * Checks the arguments of {@link InferenceEngine#prefill}.
     *
     * @throws IllegalArgumentException for what that method refuses
     */
    public void checkPieces(List<PromptPiece> pieces) {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("a prefill of no pieces: expected at least one");
        }
        checks++;
        for (PromptPiece piece : pieces) {
            checkDistinct(piece.slot());
            for (int i = piece.from(); i < piece.to(); i++) {
                checkToken(piece.tokens()[i]);
            }
        }
    }

    /**
     * Checks the arguments of {@link InferenceEngine#step}; allocates nothing.
     *
     * @throws IllegalArgumentException for what that method refuses
     */
    public void checkStep(int[] slots, int[] tokens, int count) {
        if (count < 1 || count > slots.length || count > tokens.length) {
            throw new IllegalArgumentException(
                    "a step of %d slots, with %d slots and %d tokens given: expected at least 1 and as many of both"
                            .formatted(count, slots.length, tokens.length));
        }
        checks++;
        for (int i = 0; i < count; i++) {
            checkDistinct(slots[i]);
            checkToken(tokens[i]);
        }
    }

    private void checkDistinct(int slot) {
        if (metBy[checkSlot(slot)] == checks) {
            throw new IllegalArgumentException(
                    "slot %d is named twice in one call: expected distinct slots".formatted(slot));
        }
        metBy[slot] = checks;
    }

    private void checkToken(int token) {
        if (token < 0 || token >= vocabRows) {
            throw new IllegalArgumentException(
                    "token %d: expected 0 to %d".formatted(token, vocabRows - 1));
        }
    }
}
