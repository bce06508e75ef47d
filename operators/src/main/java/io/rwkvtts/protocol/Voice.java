package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.text.TextRules;

/**
 * A reference voice (spec 3.4). Immutable.
 *
 * @param id of the recording
 * @param transcript what is said in the recording; empty if unknown
 * @param globals the 32 global tokens, each 0 to 4095, without offset; copied
 * @param semantics semantic tokens of the recording, each 0 to 8191, one for 20 ms; copied
 */
public record Voice(String id, String transcript, int[] globals, int[] semantics) {

    /**
     * @throws IllegalArgumentException if there are not 32 globals, a token is out of range, or the
     *     transcript is not well-formed Unicode
     */
    public Voice {
        requireNonNull(id, "id");
        TextRules.requireWellFormed(requireNonNull(transcript, "transcript"));
        if (globals.length != IdSpace.GLOBAL_TOKENS) {
            throw new IllegalArgumentException(
                    "a voice has " + globals.length + " global tokens, expected 32");
        }
        globals = IdSpace.requireTokens(globals, "global_tokens", IdSpace.GLOBAL_ALPHABET);
        semantics = IdSpace.requireTokens(semantics, "semantic_tokens", IdSpace.SEMANTIC_ALPHABET);
    }

    @Override
    public int[] globals() {
        return globals.clone();
    }

    @Override
    public int[] semantics() {
        return semantics.clone();
    }
}
