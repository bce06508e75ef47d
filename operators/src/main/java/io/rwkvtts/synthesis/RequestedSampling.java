package io.rwkvtts.synthesis;

import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.SamplingParameters;

/**
 * How a request wants its tokens to be drawn; null = not given.
 *
 * @param temperature of the semantic phase
 * @param topP of the semantic phase
 * @param topK of the semantic phase
 * @param seed of the random numbers, all 64 bits; derived from the request id if null
 */
public record RequestedSampling(Double temperature, Double topP, Integer topK, Long seed) {

    /** Nothing given. */
    public static final RequestedSampling NONE = new RequestedSampling(null, null, null, null);

    /**
     * Sampling of the semantic phase.
     *
     * @throws IllegalArgumentException naming the parameter, its value and what is allowed
     */
    SamplingParameters parameters() {
        SamplingParameters defaults = SamplingParameters.SEMANTIC;
        return new SamplingParameters(
                temperature == null ? defaults.temperature() : temperature,
                topP == null ? defaults.topP() : topP,
                topK == null ? defaults.topK() : topK);
    }

    /** The seed of a request with this id. */
    long seed(String requestId) {
        return seed == null ? CounterRandom.seedOf(requestId) : seed;
    }
}
