package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.util.Arrays;
import java.util.Objects;

/**
 * The generation of one segment behind its prompt, token by token (spec 3.3, steps 3 to 5). It says
 * what to do with the model and is told the logits:
 *
 * <pre>{@code
 * prefill(prompt);
 * while (!generation.finished()) {
 *     if (generation.needsLogits()) {
 *         generation.sample(logits(generation.logitsNeeded()), sampler);
 *     } else {
 *         step(generation.nextInput());
 *     }
 * }
 * }</pre>
 *
 * <p>Where {@link #needsLogits} is false, {@link #progress} and the model's state are all that is
 * needed to continue elsewhere with the very same tokens: random numbers are a function of seed,
 * segment and number of the token. Where it is true, the logits behind the latest token are needed,
 * too.
 *
 * <p>Belongs to one thread. {@link #sample} and {@link #nextInput} allocate nothing.
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

    /** Whether the segment is complete: nothing is to be sampled or fed any more. */
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

    /** Whether {@link #sample} comes next; else {@link #nextInput}, unless {@link #finished}. */
    public boolean needsLogits() {
        return next == NextAction.SAMPLE;
    }

    /** How many of the first logits {@link #sample} reads, 4096 or 8193. */
    public int logitsNeeded() {
        return globalsComplete() ? IdSpace.SEMANTIC_LOGITS : IdSpace.GLOBAL_LOGITS;
    }

    /**
     * Samples the next token.
     *
     * @param logits behind the latest token that was fed, at least {@link #logitsNeeded}; unchanged
     * @throws io.rwkvtts.sampling.InvalidLogitsException if the model is broken; nothing has
     *     changed then
     */
    public void sample(float[] logits, Sampler sampler) {
        require(needsLogits(), "sample");
        if (globalsComplete()) {
            sampleSemantic(logits, sampler);
        } else {
            double u = CounterRandom.uniform(seed, GLOBAL_STREAM, globalCount);
            globals[globalCount] =
                    sampler.sample(
                            logits,
                            IdSpace.GLOBAL_LOGITS,
                            Sampler.NONE,
                            SamplingParameters.GLOBAL,
                            u);
            globalCount++;
            next = NextAction.FEED_TOKEN;
        }
    }

    private void sampleSemantic(float[] logits, Sampler sampler) {
        int forbidden = semanticCount < limits.minSemanticTokens() ? IdSpace.EOS : Sampler.NONE;
        double u = CounterRandom.uniform(seed, semanticStream, semanticCount);
        int token = sampler.sample(logits, IdSpace.SEMANTIC_LOGITS, forbidden, semanticSampling, u);
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
     * @throws IndexOutOfBoundsException if there are not so many
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
