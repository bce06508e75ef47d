package io.rwkvtts.synthesis;

import java.io.Serializable;

/**
 * Where the semantic tokens of a segment are cut into records: first a short chunk, so that sound
 * starts early, then longer ones, then what is left. The borders depend on nothing but the number
 * of tokens, so a replay emits the same records. A request keeps its plan to its end.
 *
 * @param firstTokens tokens of a segment's first chunk
 * @param tokens tokens of the others
 */
public record ChunkPlan(int firstTokens, int tokens) implements Serializable {

    public ChunkPlan {
        if (firstTokens < 1 || tokens < 1) {
            throw new IllegalArgumentException(
                    "chunks of %d and then %d tokens, expected at least 1"
                            .formatted(firstTokens, tokens));
        }
    }

    /** Number of the segment's tokens at which the chunk after {@code emitted} tokens is full. */
    public int nextBorder(int emitted) {
        return emitted == 0
                ? firstTokens
                : (int) Math.min(Integer.MAX_VALUE, (long) emitted + tokens);
    }

    /** Most tokens of a chunk. */
    public int mostTokens() {
        return Math.max(firstTokens, tokens);
    }
}
