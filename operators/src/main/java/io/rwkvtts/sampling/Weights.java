package io.rwkvtts.sampling;

/**
 * The softmax of some logits, not divided by its sum: id's weight is e^(logit − largest logit), or
 * 0 where that is below 3·10⁻³⁰⁸.
 */
final class Weights {

    /** Ids that are summed up by themselves; part of what decides the sum's last bits. */
    private static final int BLOCK = 32;

    private final double[] weights;
    private final Exponential exponential;
    private int length;
    private double sum;

    Weights(int maxLogits) {
        weights = new double[maxLogits];
        exponential = new Exponential(maxLogits);
    }

    /** Takes over logits, of which none is NaN or plus infinity and one is finite. */
    void set(LogitColumns logits) {
        length = logits.length();
        float[] table = logits.table();
        double max = logits.max();
        for (int id = 0; id < length; id++) {
            weights[id] = table[id] - max;
        }
        exponential.apply(weights, length);
        sum = 0;
        for (int from = 0; from < length; from += BLOCK) {
            sum += sum(from, Math.min(from + BLOCK, length));
        }
    }

    private double sum(int from, int to) {
        double blockSum = 0;
        for (int id = from; id < to; id++) {
            blockSum += weights[id];
        }
        return blockSum;
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

    /** Writes the ids whose weight is at least {@code bound}, ascending; returns their number. */
    int idsFrom(double bound, int[] ids) {
        int count = 0;
        for (int id = 0; id < length; id++) {
            if (weights[id] >= bound) {
                ids[count++] = id;
            }
        }
        return count;
    }
}
