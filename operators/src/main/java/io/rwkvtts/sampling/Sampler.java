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

    /** The largest weight of each block of so many ids bounds the k-th largest of all. */
    private static final int BLOCK = 32;

    private final double[] weights;
    private final double[] blockMaxima;
    private final int[] blocks;
    private final int[] candidates;
    private final double[] masses;
    private final DescendingOrder order;

    /**
     * @param maxLogits largest number of logits in a call
     */
    public Sampler(int maxLogits) {
        if (maxLogits < 1) {
            throw new IllegalArgumentException(
                    "maxLogits is " + maxLogits + ", expected 1 or more");
        }
        weights = new double[maxLogits];
        candidates = new int[maxLogits];
        masses = new double[maxLogits];
        order = new DescendingOrder(maxLogits);
        blockMaxima = new double[(maxLogits + BLOCK - 1) / BLOCK];
        blocks = new int[blockMaxima.length];
        for (int b = 0; b < blocks.length; b++) {
            blocks[b] = b;
        }
    }

    /**
     * Draws one token.
     *
     * @param logits unchanged; minus infinity is never drawn
     * @param length the first so many logits are the choice, from 1 to this sampler's maximum
     * @param forbidden id that must not be drawn, or {@link #NONE}
     * @param u random number in [0, 1); unused if the parameters are greedy
     * @return the token, in [0, length)
     * @throws InvalidLogitsException if one of the logits is NaN or plus infinity, or all that are
     *     not forbidden are minus infinity
     * @throws IllegalArgumentException if {@code length} or {@code u} is out of range
     */
    public int sample(
            float[] logits, int length, int forbidden, SamplingParameters parameters, double u) {
        checkArguments(logits, length, u);
        int best = largest(logits, length, forbidden);
        if (parameters.greedy()) {
            return best;
        }
        float max = logits[best];
        double sum = weigh(logits, length, forbidden, max);
        int count = collectCandidates(length, parameters.topK());
        int last = lastKept(count, sum, parameters);
        int kept = keepUpTo(last, count);
        return draw(logits, max, kept, parameters.temperature(), u);
    }

    private void checkArguments(float[] logits, int length, double u) {
        if (length < 1 || length > logits.length || length > weights.length) {
            throw new IllegalArgumentException(
                    "length is "
                            + length
                            + ", expected 1 to "
                            + Math.min(logits.length, weights.length));
        }
        if (!(u >= 0 && u < 1)) {
            throw new IllegalArgumentException("u is " + u + ", expected 0 or more, less than 1");
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
            } else if (logit != logit) {
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

    /** Sets weights e^(logit − max), probabilities but for their sum, and returns the sum. */
    private double weigh(float[] logits, int length, int forbidden, double max) {
        double sum = 0;
        for (int block = 0, from = 0; from < length; block++, from += BLOCK) {
            int to = Math.min(from + BLOCK, length);
            double blockMax = 0;
            for (int id = from; id < to; id++) {
                double weight = id == forbidden ? 0 : Exponential.exp(logits[id] - max);
                weights[id] = weight;
                sum += weight;
                blockMax = Math.max(blockMax, weight);
            }
            blockMaxima[block] = blockMax;
        }
        return sum;
    }

    /**
     * Collects, by ascending id, ids among which are the {@code topK} first in order, or all that
     * can be drawn if {@code topK} is 0.
     */
    private int collectCandidates(int length, int topK) {
        double threshold = Math.max(Double.MIN_VALUE, lowerBoundOfRank(topK, length));
        int count = 0;
        for (int id = 0; id < length; id++) {
            if (weights[id] >= threshold) {
                candidates[count++] = id;
            }
        }
        return count;
    }

    /** A bound that at least {@code rank} weights reach; 0 if too few blocks to tell. */
    private double lowerBoundOfRank(int rank, int length) {
        int blockCount = (length + BLOCK - 1) / BLOCK;
        if (rank == 0 || rank > blockCount) {
            return 0;
        }
        order.begin(blockMaxima, blocks, blockCount);
        for (int i = 1; i < rank; i++) {
            order.next();
        }
        return blockMaxima[order.peek()];
    }

    /** Id of the candidate that is the last in order to stay after nucleus and top-k. */
    private int lastKept(int count, double sum, SamplingParameters parameters) {
        int limit = parameters.topK() == 0 ? count : parameters.topK();
        order.begin(weights, candidates, count);
        int last = order.next();
        double running = weights[last] / sum;
        int kept = 1;
        while (kept < limit
                && !order.isEmpty()
                && (running < parameters.topP()
                        || parameters.topP() >= 1
                        || weights[order.peek()] == weights[last])) {
            last = order.next();
            running += weights[last] / sum;
            kept++;
        }
        return last;
    }

    /** Drops the candidates that come behind {@code last} in order. */
    private int keepUpTo(int last, int count) {
        double least = weights[last];
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int id = candidates[i];
            if (weights[id] > least || (weights[id] == least && id <= last)) {
                candidates[kept++] = id;
            }
        }
        return kept;
    }

    /**
     * Draws one of the kept candidates. A power of a probability is computed as e^((logit − max) /
     * T): the factor by which they differ is the same for all and goes with the division by the
     * sum.
     */
    private int draw(float[] logits, double max, int kept, double temperature, double u) {
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            int id = candidates[i];
            masses[i] =
                    temperature == 1
                            ? weights[id]
                            : Exponential.exp((logits[id] - max) / temperature);
            sum += masses[i];
        }
        double running = 0;
        for (int i = 0; i < kept; i++) {
            running += masses[i] / sum;
            if (running > u) {
                return candidates[i];
            }
        }
        return candidates[kept - 1];
    }
}
