package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.util.Arrays;
import java.util.Objects;

/**
 * The generation of one segment after its prompt, token by token (spec 3.3, steps 3 to 5). It says
 * what to feed to the model and what to draw from its logits, and is told the token drawn:
 *
 * <pre>{@code
 * prefill(prompt);
 * while (!generation.finished()) {
 *     if (generation.needsLogits()) {
 *         generation.drawn(
 *                 sampler.sample(
 *                         logits,
 *                         generation.logitsNeeded(),
 *                         generation.forbidden(),
 *                         generation.sampling(),
 *                         generation.uniform()));
 *     } else {
 *         step(generation.nextInput());
 *     }
 * }
 * }</pre>
 *
 * <p>Where {@link #needsLogits} is false, {@link #progress} and the model's state are all that is
 * needed to continue elsewhere with the very same tokens: random numbers are a function of seed,
 * segment and number of the token. Where it is true, the logits after the latest token are needed,
 * too.
 *
 * <p>What to draw from the logits of a token is known as soon as {@link #nextInput} has given that
 * token, before it is fed. Belongs to one thread; drawing and feeding allocate nothing.
 */
public final class SegmentGeneration {

    private static final long GLOBAL_STREAM = 1000;
    private static final long FIRST_SEMANTIC_STREAM = 2000;

    private final long seed;
    private final long semanticStream;
    private final GenerationLimits limits;
    private final SamplingParameters semanticSampling;

    private final int[] globals = new int[IdSpace.GLOBAL_TOKENS];
    private final int[] semantics;
    private int globalCount;
    private int semanticCount;
    private int repeats;
    private NextAction next;

    /**
     * Begins or continues a segment.
     *
     * @param seed of the request
     * @param segment number of the segment in its request, from 0
     * @param progress {@link GenerationProgress#START}, {@link GenerationProgress#withGlobals} for
     *     a prompt that ends with a voice, or the {@link #progress} of an earlier generation
     * @param limits of this segment
     * @param semanticSampling for semantic tokens; global tokens are always sampled with {@link
     *     SamplingParameters#GLOBAL}
     */
    public SegmentGeneration(
            long seed,
            int segment,
            GenerationProgress progress,
            GenerationLimits limits,
            SamplingParameters semanticSampling) {
        if (segment < 0) {
            throw new IllegalArgumentException("segment is " + segment + ", expected 0 or more");
        }
        this.seed = seed;
        this.semanticStream = FIRST_SEMANTIC_STREAM + segment;
        this.limits = requireNonNull(limits, "limits");
        this.semanticSampling = requireNonNull(semanticSampling, "semanticSampling");
        int[] earlierGlobals = progress.globals();
        int[] earlierSemantics = progress.semantics();
        semantics = new int[limits.maxSemanticTokens()];
        next = progress.next();
        if (earlierSemantics.length > semantics.length - (finished() ? 0 : 1)) {
            throw new IllegalArgumentException(
                    "progress has "
                            + earlierSemantics.length
                            + " semantic tokens and is not finished, but the limit of the segment"
                            + " is "
                            + semantics.length);
        }
        globalCount = earlierGlobals.length;
        semanticCount = earlierSemantics.length;
        System.arraycopy(earlierGlobals, 0, globals, 0, globalCount);
        System.arraycopy(earlierSemantics, 0, semantics, 0, semanticCount);
        repeats = trailingRepeats();
    }

    /** How often the latest semantic token stands at the end in a row. */
    private int trailingRepeats() {
        int count = 0;
        while (count < semanticCount
                && semantics[semanticCount - 1 - count] == semantics[semanticCount - 1]) {
            count++;
        }
        return count;
    }

    /** Whether the segment is complete: nothing is to be drawn or fed any more. */
    public boolean finished() {
        return next == NextAction.STOP || next == NextAction.LENGTH;
    }

    /** Whether the segment was cut off at a limit; only of use if {@link #finished}. */
    public boolean cutOff() {
        return next == NextAction.LENGTH;
    }

    /** Whether the same token has come too often in a row; the segment is cut off then. */
    public boolean ranAway() {
        return limits.maxRepeatedTokens() > 0 && repeats > limits.maxRepeatedTokens();
    }

    /** Whether {@link #drawn} comes next; else {@link #nextInput}, unless {@link #finished}. */
    public boolean needsLogits() {
        return next == NextAction.SAMPLE;
    }

    /** How many of the first logits the next token is drawn from, 4096 or 8193. */
    public int logitsNeeded() {
        return globalsComplete() ? IdSpace.SEMANTIC_LOGITS : IdSpace.GLOBAL_LOGITS;
    }

    /** Id that must not be drawn next, {@link Sampler#NONE} if none is forbidden. */
    public int forbidden() {
        return globalsComplete() && semanticCount < limits.minSemanticTokens()
                ? IdSpace.EOS
                : Sampler.NONE;
    }

    /** How the next token is drawn. */
    public SamplingParameters sampling() {
        return globalsComplete() ? semanticSampling : SamplingParameters.GLOBAL;
    }

    /** The random number in [0, 1) that the next token is drawn with. */
    public double uniform() {
        return globalsComplete()
                ? CounterRandom.uniform(seed, semanticStream, semanticCount)
                : CounterRandom.uniform(seed, GLOBAL_STREAM, globalCount);
    }

    /**
     * Takes the token that was drawn.
     *
     * @param token in [0, {@link #logitsNeeded})
     * @throws IllegalStateException if none is to be drawn now
     * @throws IllegalArgumentException if the token is none of those to choose from; nothing has
     *     changed then
     */
    public void drawn(int token) {
        require(needsLogits(), "draw");
        if (token < 0 || token >= logitsNeeded() || token == forbidden()) {
            throw new IllegalArgumentException(
                    "token %d was drawn: expected 0 to %d%s"
                            .formatted(
                                    token,
                                    logitsNeeded() - 1,
                                    forbidden() == Sampler.NONE ? "" : " but " + forbidden()));
        }
        if (globalsComplete()) {
            semanticDrawn(token);
        } else {
            globals[globalCount++] = token;
            next = NextAction.FEED_TOKEN;
        }
    }

    private void semanticDrawn(int token) {
        if (token == IdSpace.EOS) {
            next = NextAction.STOP;
            return;
        }
        boolean repeated = semanticCount > 0 && semantics[semanticCount - 1] == token;
        repeats = repeated ? repeats + 1 : 1;
        semantics[semanticCount++] = token;
        boolean full = semanticCount == semantics.length;
        next = full || ranAway() ? NextAction.LENGTH : NextAction.FEED_TOKEN;
    }

    /** The token to feed next; the model must be fed it before anything else is asked. */
    public int nextInput() {
        require(next == NextAction.FEED_TOKEN || next == NextAction.FEED_TAG, "feed");
        if (next == NextAction.FEED_TAG) {
            next = NextAction.SAMPLE;
            return IdSpace.TAG_1;
        }
        if (semanticCount > 0) {
            next = NextAction.SAMPLE;
            return semantics[semanticCount - 1];
        }
        next = globalsComplete() ? NextAction.FEED_TAG : NextAction.SAMPLE;
        return IdSpace.GLOBAL_OFFSET + globals[globalCount - 1];
    }

    /** Whether all 32 global tokens are known. */
    public boolean globalsComplete() {
        return globalCount == IdSpace.GLOBAL_TOKENS;
    }

    /** The global tokens so far, without offset, as a new array. */
    public int[] globals() {
        return Arrays.copyOf(globals, globalCount);
    }

    /** Number of semantic tokens so far, end of speech not counted. */
    public int semanticCount() {
        return semanticCount;
    }

    /**
     * Semantic tokens {@code from} (inclusive) to {@code to} (exclusive), as a new array.
     *
     * @throws IndexOutOfBoundsException if there are fewer
     */
    public int[] semantics(int from, int to) {
        Objects.checkFromToIndex(from, to, semanticCount);
        return Arrays.copyOfRange(semantics, from, to);
    }

    /** What a later generation needs to continue this one. */
    public GenerationProgress progress() {
        return new GenerationProgress(globals(), semantics(0, semanticCount), next);
    }

    private void require(boolean expected, String action) {
        if (!expected) {
            throw new IllegalStateException("cannot " + action + " now, next is " + next);
        }
    }
}
