package io.rwkvtts.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.IntStream;

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

    /** A whole prompt as pieces of {@code length} tokens, the last one of what is left. */
    public static List<PromptPiece> cut(int slot, int[] tokens, int length) {
        if (length < 1) {
            throw new IllegalArgumentException("pieces of " + length + " tokens: at least 1");
        }
        return IntStream.iterate(0, from -> from < tokens.length, from -> from + length)
                .mapToObj(
                        from ->
                                new PromptPiece(
                                        slot, tokens, from, Math.min(from + length, tokens.length)))
                .toList();
    }

    /** Number of tokens in the piece, at least 1. */
    public int length() {
        return to - from;
    }
}
