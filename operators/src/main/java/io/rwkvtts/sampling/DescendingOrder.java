package io.rwkvtts.sampling;

/**
 * Hands out the ids of some weights, the largest weight first, the lowest id first among equals.
 * Only as much is put in order as is asked for: a binary heap, {@code O(n)} to begin and {@code
 * O(log n)} an id.
 */
final class DescendingOrder {

    private final int[] heap;
    private double[] weights;
    private int size;

    DescendingOrder(int maxIds) {
        heap = new int[maxIds];
    }

    /** Begins with the first {@code count} of {@code ids}, which are copied. */
    void begin(double[] weights, int[] ids, int count) {
        this.weights = weights;
        System.arraycopy(ids, 0, heap, 0, count);
        size = count;
        for (int i = count / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The next id in order; not to be called when empty. */
    int next() {
        int first = heap[0];
        size--;
        heap[0] = heap[size];
        sink(0);
        return first;
    }

    /** The id that {@link #next} would give. */
    int peek() {
        return heap[0];
    }

    private void sink(int from) {
        int id = heap[from];
        int parent = from;
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
            if (child + 1 < size && precedes(heap[child + 1], heap[child])) {
                child++;
            }
            if (precedes(id, heap[child])) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = id;
    }

    private boolean precedes(int a, int b) {
        double difference = weights[a] - weights[b];
        return difference > 0 || (difference == 0 && a < b);
    }
}
