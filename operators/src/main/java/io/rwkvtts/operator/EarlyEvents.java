package io.rwkvtts.operator;

/**
 * How many events of all requests of a subtask are held because an earlier one of their request has
 * not come, and how much text. One request may hold a thousand (see {@link
 * io.rwkvtts.synthesis.RequestText}); without a bound for all, ids whose first event never comes
 * would fill the heap.
 *
 * <p>Beyond the bound the request whose event came ends as {@code overloaded}. To hold input would
 * not do: the events that are missing come after it.
 *
 * <p>Owns: the counts; the events lie in keyed state with their requests. Lifecycle: made in {@code
 * open}, which counts what a restore found. For the task thread.
 */
final class EarlyEvents {
    /** Heap of an event beside its text: 110 measured with compressed references, and some more. */
    private static final int HEAP_BYTES = 130;

    private final int maxEvents;
    private final long maxBytes;
    private int events;
    private long bytes;

    /**
     * @param maxEvents most events that may be held
     * @param maxBytes most bytes of their texts
     */
    EarlyEvents(int maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /**
     * Events came or went.
     *
     * @param eventCount how many more are held, negative for fewer
     * @param chars characters (UTF-16 units) of their text, negative for fewer
     */
    void add(int eventCount, int chars) {
        events += eventCount;
        bytes += (long) chars * Character.BYTES;
    }

    /** Heap that events take when as many are held as may be. */
    static long heapBytes(int maxEvents, long maxBytes) {
        return (long) maxEvents * HEAP_BYTES + maxBytes;
    }

    /** Whether more is held than may be. */
    boolean exceedBound() {
        return events > maxEvents || bytes > maxBytes;
    }

    /** Events held. */
    int count() {
        return events;
    }
}
