package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.stream.IntStream;

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

    /** After a prompt that describes the voice by properties or not at all. */
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

    /** After a prompt that ends with the tokens of a voice. */
    public static GenerationProgress withGlobals(int[] globals) {
        if (globals.length != IdSpace.GLOBAL_TOKENS) {
            throw new IllegalArgumentException(
                    "a voice has 32 global tokens, not " + globals.length);
        }
        return new GenerationProgress(globals, new int[0], NextAction.SAMPLE);
    }

    /**
     * All tokens that the model has been fed when a generation stands here, between two steps: the
     * prompt and what was generated after it, but for the token that is to be fed next. Feeding
     * them to the zero state yields the state at this point.
     *
     * @param prompt the segment's whole prompt. One that ends with TAG_0 leaves the globals to the
     *     generation; any other ends with those of a voice
     */
    public int[] fed(int[] prompt) {
        boolean tokenPending = next == NextAction.FEED_TOKEN;
        IntStream fed = IntStream.of(prompt);
        if (prompt[prompt.length - 1] == IdSpace.TAG_0) {
            boolean globalPending = tokenPending && semantics.length == 0;
            fed =
                    IntStream.concat(
                            fed,
                            Arrays.stream(globals, 0, globals.length - (globalPending ? 1 : 0))
                                    .map(global -> IdSpace.GLOBAL_OFFSET + global));
            if (semantics.length > 0) {
                fed = IntStream.concat(fed, IntStream.of(IdSpace.TAG_1));
            }
        }
        boolean semanticPending = tokenPending && semantics.length > 0;
        return IntStream.concat(
                        fed,
                        Arrays.stream(semantics, 0, semantics.length - (semanticPending ? 1 : 0)))
                .toArray();
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
