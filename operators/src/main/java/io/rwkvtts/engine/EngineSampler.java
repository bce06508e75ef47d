package io.rwkvtts.engine;

import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;

/**
 * Draws tokens where the logits of an {@link InferenceEngine} are, so that they need not be copied
 * out: from the same logits the very tokens that a {@link Sampler} draws. For the thread of the
 * engine; allocates nothing.
 */
public interface EngineSampler {

    /** In the place of a token: the {@link Sampler} would refuse the logits, and say why. */
    int REFUSED = -1;

    /**
     * Sets one of the draws of the next {@link #draw}, as for {@link Sampler#sample}.
     *
     * @param index of the draw, from 0 to the engine's slots − 1
     * @param slot that the latest call of the engine fed
     * @throws IllegalStateException if it did not
     * @throws IllegalArgumentException if the slot, the length or the random number is out of range
     */
    void put(
            int index,
            int slot,
            int length,
            int forbidden,
            SamplingParameters parameters,
            double u);

    /**
     * Draws the tokens of the first {@code count} draws.
     *
     * @throws InferenceException if the computation failed
     */
    void draw(int count);

    /** The token of a draw, or {@link #REFUSED}. */
    int token(int index);
}
