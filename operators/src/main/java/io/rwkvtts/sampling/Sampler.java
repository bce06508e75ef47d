package io.rwkvtts.sampling;

/**
 * Draws tokens from logits by the rule of spec 3.5: softmax, nucleus on the whole distribution,
 * top-k, temperature on the truncated probabilities, draw by ascending id.
 *
 * <p>The same logits, parameters and random number give the same token on every JVM. Nothing is
 * allocated after construction. Not thread-safe: one instance for each thread.
 */
public final class Sampler {

    /** No id is forbidden. */
    public static final int NONE = -1;

    private final int maxLogits;
    private final LogitColumns columns;
    private final Truncation truncation;
    private final double[] masses;
    private final Exponential exponential;

    /**
     * @param maxLogits largest number of logits in a call
     */
    public Sampler(int maxLogits) {
        if (maxLogits < 1) {
            throw new IllegalArgumentException(
                    "maxLogits is " + maxLogits + ", expected 1 or more");
        }
        this.maxLogits = maxLogits;
        columns = new LogitColumns(maxLogits);
        truncation = new Truncation(maxLogits);
        masses = new double[maxLogits];
        exponential = new Exponential(maxLogits);
    }

    /**
     * Draws one token.
     *
     * @param logits unchanged; minus infinity is never drawn
     * @param length that many logits, from the first, are the choice, from 1 to this sampler's
     *     maximum
     * @param forbidden id that must not be drawn, or {@link #NONE}
     * @param u random number in [0, 1); of no effect if the parameters are greedy
     * @return the token, in [0, length)
     * @throws InvalidLogitsException if one of the logits is NaN or plus infinity, or all that are
     *     not forbidden are minus infinity
     * @throws IllegalArgumentException if {@code length} or {@code u} is out of range
     */
    public int sample(
            float[] logits, int length, int forbidden, SamplingParameters parameters, double u) {
        checkArguments(logits, length, u);
        if (parameters.greedy()) {
            return largest(logits, length, forbidden);
        }
        setColumns(logits, length, forbidden);
        int kept = truncation.apply(columns, parameters.topP(), parameters.topK());
        setMasses(kept, parameters.temperature());
        return draw(kept, u);
    }

    private void checkArguments(float[] logits, int length, double u) {
        int longest = Math.min(logits.length, maxLogits);
        if (length < 1 || length > longest) {
            throw new IllegalArgumentException(
                    "length is " + length + ", expected 1 to " + longest);
        }
        if (!(u >= 0 && u < 1)) {
            throw new IllegalArgumentException("u is " + u + ", expected 0 or more, less than 1");
        }
    }

    private void setColumns(float[] logits, int length, int forbidden) {
        columns.set(logits, length, forbidden);
        boolean forbiddenIsNaN =
                forbidden >= 0 && forbidden < length && Float.isNaN(logits[forbidden]);
        if (forbiddenIsNaN || !Float.isFinite(columns.max())) {
            // Throws, and the message names what is wrong.
            largest(logits, length, forbidden);
        }
    }

    /** Id of the largest logit that is not forbidden, the lowest id among equals. */
    private static int largest(float[] logits, int length, int forbidden) {
        int best = NONE;
        float max = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < length; id++) {
            float logit = logits[id];
            if (logit > max && id != forbidden) {
                max = logit;
                best = id;
            } else if (Float.isNaN(logit)) {
                throw new InvalidLogitsException("logit " + id + " is NaN");
            }
        }
        if (best == NONE) {
            throw new InvalidLogitsException(
                    "no token to draw: all of " + length + " logits are -Infinity or forbidden");
        }
        if (max == Float.POSITIVE_INFINITY) {
            throw new InvalidLogitsException("logit " + best + " is +Infinity");
        }
        return best;
    }

    /**
     * Sets the masses of the kept ids, p^(1/T) but for a factor that is the same for all and goes
     * with the division by their sum: e^((logit − max) / T).
     */
    private void setMasses(int kept, double temperature) {
        int[] ids = truncation.kept();
        double max = columns.max();
        for (int i = 0; i < kept; i++) {
            masses[i] = (columns.table()[ids[i]] - max) / temperature;
        }
        exponential.apply(masses, kept);
    }

    private int draw(int kept, double u) {
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += masses[i];
        }
        int[] ids = truncation.kept();
        double running = 0;
        for (int i = 0; i < kept; i++) {
            running += masses[i] / sum;
            if (running > u) {
                return ids[i];
            }
        }
        return ids[kept - 1];
    }
}
