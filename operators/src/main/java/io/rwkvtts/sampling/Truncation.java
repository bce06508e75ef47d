package io.rwkvtts.sampling;

/**
 * Chooses the ids that nucleus and top-k keep (spec 3.5, steps 3 to 5). A bound rules out most ids;
 * only those left are put in order, and only as far as it takes.
 */
final class Truncation {

    private final int[] kept;
    private final DescendingOrder order;

    Truncation(int maxLogits) {
        kept = new int[maxLogits];
        order = new DescendingOrder(maxLogits);
    }

    /** Finds the ids to keep, never one of weight 0, and returns their number, at least 1. */
    int apply(Weights weights, double topP, int topK) {
        // Weights below this bound are together less than half of what the nucleus leaves out.
        double bound = (1 - topP) * weights.sum() / (2.0 * weights.length());
        if (topK > 0) {
            bound = Math.max(bound, weights.rankBound(topK, order));
        }
        // No weight is subnormal, and the smallest such number would equal 0 on a thread whose
        // floating-point mode a native library has changed.
        int count = weights.idsFrom(Math.max(bound, Double.MIN_NORMAL), kept);
        int limit = topK > 0 ? topK : count;
        return dropBehind(lastKept(weights, count, topP, limit), weights.array(), count);
    }

    /** The ids found, ascending, as many as {@link #apply} said; not to be written to. */
    int[] kept() {
        return kept;
    }

    /** The last id, in order, to keep. */
    private int lastKept(Weights weights, int count, double topP, int limit) {
        double[] weight = weights.array();
        order.begin(weight, kept, count);
        int last = order.next();
        double running = weight[last] / weights.sum();
        for (int taken = 1; taken < limit && !order.isEmpty(); taken++) {
            boolean nucleusFull = topP < 1 && running >= topP;
            if (nucleusFull && weight[order.peek()] < weight[last]) {
                break;
            }
            last = order.next();
            running += weight[last] / weights.sum();
        }
        return last;
    }

    private int dropBehind(int last, double[] weight, int count) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            int id = kept[i];
            if (weight[id] > weight[last] || (weight[id] == weight[last] && id <= last)) {
                kept[left++] = id;
            }
        }
        return left;
    }
}
