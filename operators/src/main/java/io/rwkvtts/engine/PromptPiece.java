package io.rwkvtts.engine;

import static java.util.Objects.requireNonNull;

/**
 * Tokens {@code from} (inclusive) to {@code to} (exclusive) of {@code tokens}, to be fed to {@code
 * slot}. The array is shared with the caller, not copied.
 */
public record PromptPiece(int slot, int[] tokens, int from, int to) {

    public PromptPiece {
        requireNonNull(tokens, "tokens");
        if (from < 0 || to <= from || to > tokens.length) {
            throw new IllegalArgumentException(
                    "piece ["
                            + from
                            + ", "
                            + to
                            + ") of "
                            + tokens.length
                            + " tokens is empty or outside");
        }
    }

    /** Number of tokens in the piece, at least 1. */
    public int length() {
        return to - from;
    }
}
