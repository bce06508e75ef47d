package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

/**
 * How far the generation of a segment has come: with its seed, number, limits and parameters all
 * that {@link SegmentGeneration} remembers. Immutable.
 *
 * @param globals global tokens so far, at most 32, each 0 to 4095; copied
 * @param semantics semantic tokens so far, each 0 to 8191; empty unless there are 32 globals;
 *     copied
 * @param next what comes next
 */
public record GenerationProgress(int[] globals, int[] semantics, NextAction next) {

    /** Behind a prompt that describes the voice by properties or not at all. */
    public static final GenerationProgress START =
            new GenerationProgress(new int[0], new int[0], NextAction.SAMPLE);

    /**
     * @throws IllegalArgumentException if a token is out of range or the parts contradict each
     *     other
     */
    public GenerationProgress {
        globals = IdSpace.requireTokens(globals, "globals", IdSpace.GLOBAL_ALPHABET);
        semantics = IdSpace.requireTokens(semantics, "semantics", IdSpace.SEMANTIC_ALPHABET);
        requireNonNull(next, "next");
        boolean complete = globals.length == IdSpace.GLOBAL_TOKENS;
        if (globals.length > IdSpace.GLOBAL_TOKENS || (!complete && semantics.length > 0)) {
            throw new IllegalArgumentException(
                    "progress has "
                            + globals.length
                            + " globals and "
                            + semantics.length
                            + " semantics, expected 32 globals before the first semantic token");
        }
        boolean possible =
                switch (next) {
                    case SAMPLE -> true;
                    case FEED_TOKEN -> globals.length > 0;
                    case FEED_TAG -> complete && semantics.length == 0;
                    case STOP, LENGTH -> complete;
                };
        if (!possible) {
            throw new IllegalArgumentException(
                    next + " cannot follow " + globals.length + " globals");
        }
    }

    /** Behind a prompt that ends with the tokens of a voice. */
    public static GenerationProgress withGlobals(int[] globals) {
        if (globals.length != IdSpace.GLOBAL_TOKENS) {
            throw new IllegalArgumentException(
                    "a voice has 32 global tokens, not " + globals.length);
        }
        return new GenerationProgress(globals, new int[0], NextAction.SAMPLE);
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
