package io.rwkvtts.engine;

import static java.util.Objects.requireNonNull;

/**
 * Which slots the latest call of an {@link InferenceEngine} fed, and so have logits. For the one
 * thread of the engine.
 */
public final class LatestCall {

    private final int headRows;

    /** Number of the latest call that fed the slot, and its row in that call. */
    private final long[] fedBy;

    private final int[] rows;

    private long calls;

    /**
     * @param slots of the engine
     * @param headRows logits of a token
     */
    public LatestCall(int slots, int headRows) {
        this.headRows = headRows;
        fedBy = new long[slots];
        rows = new int[slots];
    }

    /** A call begins: no slot has logits. */
    public void begin() {
        calls++;
    }

    /** The call fed a slot, as this row of its batch. */
    public void fed(int slot, int row) {
        fedBy[slot] = calls;
        rows[slot] = row;
    }

    /**
     * The row of a slot in the latest call.
     *
     * @throws IllegalStateException if the call did not feed it
     */
    public int rowOf(int slot) {
        if (fedBy[slot] != calls) {
            throw new IllegalStateException(
                    "slot " + slot + " has no logits: the latest call didn't feed it");
        }
        return rows[slot];
    }

    /**
     * Checks what is asked of {@link InferenceEngine#logits}.
     *
     * @throws IllegalArgumentException for what that method refuses
     */
    public void checkLogits(float[] destination, int count) {
        requireNonNull(destination, "destination");
        if (count < 1 || count > headRows || count > destination.length) {
            throw new IllegalArgumentException(
                    "%d logits wanted: expected 1 to %d, into an array of that length (it has %d)"
                            .formatted(count, headRows, destination.length));
        }
    }
}
