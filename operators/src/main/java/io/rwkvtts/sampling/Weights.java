package io.rwkvtts.sampling;

/**
 * The softmax of some logits, not divided by its sum: id's weight is e^(logit − largest logit). The
 * largest weight of each block of ids is kept beside, to find the larger ones without looking at
 * all.
 */
final class Weights {

    private static final int BLOCK = 32;

    private final double[] weights;
    private final double[] blockMaxima;
    private final int[] blocks;
    private final Exponential exponential;
    private int length;
    private int blockCount;
    private double sum;

    Weights(int maxLogits) {
        weights = new double[maxLogits];
        blockMaxima = new double[(maxLogits + BLOCK - 1) / BLOCK];
        blocks = new int[blockMaxima.length];
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] = block;
        }
        exponential = new Exponential(maxLogits);
    }

    /**
     * Takes over the first {@code length} logits.
     *
     * @param forbidden id whose weight is 0 whatever its logit, or {@link Sampler#NONE}
     * @param max the largest logit but for the forbidden one
     */
    void set(float[] logits, int length, int forbidden, double max) {
        this.length = length;
        for (int id = 0; id < length; id++) {
            weights[id] = logits[id] - max;
        }
        if (forbidden >= 0 && forbidden < length) {
            weights[forbidden] = Double.NEGATIVE_INFINITY;
        }
        exponential.apply(weights, length);
        sumUp();
    }

    private void sumUp() {
        blockCount = (length + BLOCK - 1) / BLOCK;
        sum = 0;
        for (int block = 0; block < blockCount; block++) {
            double blockSum = 0;
            double blockMax = 0;
            int to = endOf(block);
            for (int id = block * BLOCK; id < to; id++) {
                double weight = weights[id];
                blockSum += weight;
                if (weight > blockMax) {
                    blockMax = weight;
                }
            }
            blockMaxima[block] = blockMax;
            sum += blockSum;
        }
    }

    private int endOf(int block) {
        return Math.min((block + 1) * BLOCK, length);
    }

    /** The weights by id, not to be written to. */
    double[] array() {
        return weights;
    }

    int length() {
        return length;
    }

    double sum() {
        return sum;
    }

    /**
     * A bound that at least {@code rank} weights reach; 0 if there are too few blocks to tell.
     *
     * @param order to be used for it
     */
    double rankBound(int rank, DescendingOrder order) {
        if (rank > blockCount) {
            return 0;
        }
        order.begin(blockMaxima, blocks, blockCount);
        for (int i = 1; i < rank; i++) {
            order.next();
        }
        return blockMaxima[order.peek()];
    }

    /** Writes the ids whose weight is at least {@code bound}, ascending; returns their number. */
    int idsFrom(double bound, int[] ids) {
        int count = 0;
        for (int block = 0; block < blockCount; block++) {
            if (blockMaxima[block] >= bound) {
                int to = endOf(block);
                for (int id = block * BLOCK; id < to; id++) {
                    if (weights[id] >= bound) {
                        ids[count++] = id;
                    }
                }
            }
        }
        return count;
    }
}
