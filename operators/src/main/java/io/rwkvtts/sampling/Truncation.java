package io.rwkvtts.sampling;

import java.util.Arrays;

/**
 * Chooses the ids that nucleus and top-k keep (spec 3.5, steps 3 to 5).
 *
 * <p>With a top-k only the few ids that can be among the top k get a weight, and bounds stand for
 * the sum of all weights. Division and addition are monotone, so what the running sum of quotients
 * shows with both bounds, it shows with the sum. Only where the bounds disagree are all weights
 * computed and added up. The result is always that of the sum.
 */
final class Truncation {

    /** What a nucleus that leaves out less than this leaves out is lost in rounding. */
    private static final double LEAST_LEFT_OUT = 1e-9;

    /** Logits below the largest by this have no weight. */
    private static final double WEIGHTLESS = 710;

    /** Logits that differ by this have weights that differ. */
    private static final double DISTINCT = 1e-6;

    private final Weights all;
    private final MassBounds bounds;
    private final Exponential exponential;
    private final int[] ids;
    private final double[] weights;
    private final double[] sorted;
    private int count;

    Truncation(int maxLogits) {
        all = new Weights(maxLogits);
        bounds = new MassBounds(LogitColumns.sizeFor(maxLogits));
        exponential = new Exponential(maxLogits);
        ids = new int[maxLogits];
        weights = new double[maxLogits];
        sorted = new double[maxLogits];
    }

    /**
     * Finds the ids to keep, never one of weight 0, and returns their number, at least 1.
     *
     * @param logits at least one of them finite, none NaN or plus infinity
     */
    int apply(LogitColumns logits, double topP, int topK) {
        boolean certain = topP >= 1 || 1 - topP >= LEAST_LEFT_OUT;
        boolean top = topK > 0 && topK <= logits.columns() && certain;
        if (top) {
            gatherTop(logits, topP, topK);
        } else {
            all.set(logits);
            gather(topP);
        }
        int limit = topK > 0 ? Math.min(topK, count) : count;
        if (topP >= 1 && limit == count) {
            return count;
        }
        System.arraycopy(weights, 0, sorted, 0, count);
        Arrays.sort(sorted, 0, count);
        if (topP >= 1) {
            return keep(sorted[count - limit], limit);
        }
        double least = top ? leastOfTop(logits, topP, limit) : leastOfAll(topP, limit);
        return keep(least, limit);
    }

    /** The ids found, ascending, as many as {@link #apply} returned; not to be written to. */
    int[] kept() {
        return ids;
    }

    /** Takes the ids that can be kept, ascending. */
    private void gather(double topP) {
        // Weights below this bound are together less than half of what the nucleus leaves out.
        // Nor is a weight of 0 kept; no other is below the smallest normal number.
        double bound = (1 - topP) * all.sum() / (2.0 * all.length());
        count = all.idsFrom(Math.max(bound, Double.MIN_NORMAL), ids);
        for (int i = 0; i < count; i++) {
            weights[i] = all.array()[ids[i]];
        }
    }

    /**
     * The same, of those that can be among the top k, and for a sum of which only is known that it
     * is not below the largest weight, 1.
     */
    private void gatherTop(LogitColumns logits, double topP, int topK) {
        double below = topP < 1 ? -Math.log((1 - topP) / (2.0 * logits.length())) : WEIGHTLESS;
        float least = lower(logits.max(), below);
        float bound = Math.max(lower(logits.rankBound(topK, least), DISTINCT), least);
        int found = logits.idsFrom(bound, ids);
        for (int i = 0; i < found; i++) {
            weights[i] = logits.table()[ids[i]] - (double) logits.max();
        }
        exponential.apply(weights, found);
        count = 0;
        for (int i = 0; i < found; i++) {
            if (weights[i] >= Double.MIN_NORMAL) {
                ids[count] = ids[i];
                weights[count++] = weights[i];
            }
        }
    }

    /** A finite logit that is lower by {@code difference} at least. */
    private static float lower(float logit, double difference) {
        return Math.max(Math.nextDown((float) (logit - difference)), -Float.MAX_VALUE);
    }

    /** The smallest weight to keep, by bounds that become tighter until they decide. */
    private double leastOfTop(LogitColumns logits, double topP, int limit) {
        double low = bounds.ofColumns(logits);
        double least = least(topP, limit, low, Double.POSITIVE_INFINITY);
        if (Double.isNaN(least)) {
            bounds.set(logits, ids, weights, count);
            least = least(topP, limit, bounds.low(), bounds.high());
        }
        if (Double.isNaN(least)) {
            all.set(logits);
            least = leastOfAll(topP, limit);
        }
        return least;
    }

    private double leastOfAll(double topP, int limit) {
        return least(topP, limit, all.sum(), all.sum());
    }

    /**
     * The smallest weight to keep.
     *
     * @param limit most ids to keep
     * @param low not above the sum of all weights
     * @param high not below it
     * @return NaN if it depends on where the sum lies between
     */
    private double least(double topP, int limit, double low, double high) {
        double most = 0;
        double least = 0;
        for (int rank = 1; rank < limit; rank++) {
            double weight = sorted[count - rank];
            most += weight / low;
            least += weight / high;
            if (least >= topP) {
                return weight;
            }
            if (most >= topP) {
                return Double.NaN;
            }
        }
        return sorted[count - limit];
    }

    /** Drops the ids of smaller weights and, of those of this weight, the last ones if too many. */
    private int keep(double least, int limit) {
        int larger = 0;
        for (int i = 0; i < count; i++) {
            larger += weights[i] > least ? 1 : 0;
        }
        int equal = limit - larger;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > least || (weights[i] == least && equal-- > 0)) {
                ids[kept++] = ids[i];
            }
        }
        return kept;
    }
}
