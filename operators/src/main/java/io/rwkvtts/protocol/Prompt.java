package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

/**
 * What a segment begins with. Immutable: nobody writes to the array after construction.
 *
 * @param tokens ids to feed to a model in its zero state, at least one
 * @param voiceTokens how many of the first of them stand for the voice: other prompts in this voice
 *     begin with them, too
 * @param start where the generation after the prompt begins
 */
public record Prompt(int[] tokens, int voiceTokens, GenerationProgress start) {

    public Prompt {
        requireNonNull(start, "start");
        if (voiceTokens < 0 || voiceTokens > tokens.length) {
            throw new IllegalArgumentException(
                    "%d tokens of the voice in a prompt of %d"
                            .formatted(voiceTokens, tokens.length));
        }
    }
}
