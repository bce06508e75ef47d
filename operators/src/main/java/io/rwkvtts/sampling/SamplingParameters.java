package io.rwkvtts.sampling;

/**
 * How a token is drawn from logits (spec 3.5).
 *
 * @param temperature exponent 1/temperature of the truncated probabilities; 0 takes the largest
 *     logit
 * @param topP probability mass of the nucleus, in [0, 1]; 1 keeps everything
 * @param topK number of most probable tokens kept; 0 keeps everything, 1 takes the largest logit
 */
public record SamplingParameters(double temperature, double topP, int topK) {

    /** For global tokens (spec 3.3, step 3). */
    public static final SamplingParameters GLOBAL = new SamplingParameters(1.0, 0.95, 20);

    /** For semantic tokens (spec 3.3, step 5). */
    public static final SamplingParameters SEMANTIC = new SamplingParameters(1.0, 0.95, 80);

    /**
     * @throws IllegalArgumentException if a value is out of range; names it and the range
     */
    public SamplingParameters {
        if (!(temperature >= 0 && temperature <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "temperature is " + temperature + ", expected a finite number of at least 0");
        }
        if (!(topP >= 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP is " + topP + ", expected 0 to 1");
        }
        if (topK < 0) {
            throw new IllegalArgumentException(
                    "topK is " + topK + ", expected 0 (no limit) or more");
        }
    }

    /** Whether the largest logit is taken, without a random number. */
    public boolean greedy() {
        return temperature == 0 || topK == 1;
    }
}
