package io.rwkvtts.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides which records of the token topic a consumer takes. After a failure the job repeats
 * records; this rule makes each request appear exactly once.
 *
 * <p>For each request the rule keeps the next sequence. Records with a smaller one are dropped. The
 * first record that ends the request is accepted whatever its sequence, and everything after it is
 * dropped: endings that depend on the clock, such as a cancellation, can come at another place in a
 * repetition.
 *
 * <p>A larger sequence than the next is a gap. The job makes none, and as Kafka keeps the order
 * within a partition, waiting would not close it: the consumer began to read in the middle of the
 * request, Kafka had deleted the first records, or the number of partitions was changed. Such a
 * record is accepted and the gap reported.
 *
 * <p>Remembers a limited number of requests, those seen latest. Not safe for use by several threads
 * at once.
 */
public final class ConsumerRule {

    /** Requests remembered by default: a repetition spans no more than a few checkpoints. */
    public static final int DEFAULT_CAPACITY = 100_000;

    private static final long ENDED = -1;

    /** What to do with a record, and why. */
    public enum Verdict {
        /** Take the record: it is the next one, or the end. */
        NEXT(true),
        /** Take the record, but records before it were missed. */
        GAP(true),
        /** Drop the record: it was seen before. */
        DUPLICATE(false),
        /** Drop the record: the request has ended. */
        ENDED(false);

        private final boolean accepted;

        Verdict(boolean accepted) {
            this.accepted = accepted;
        }

        /** Whether the record is to be taken. */
        public boolean accepted() {
            return accepted;
        }
    }

    private final Map<String, Long> nextSequences;

    /** A rule that remembers {@link #DEFAULT_CAPACITY} requests. */
    public ConsumerRule() {
        this(DEFAULT_CAPACITY);
    }

    /**
     * A rule that remembers a number of requests.
     *
     * @param capacity at least 1
     */
    public ConsumerRule(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + "; expected 1 or more");
        }
        this.nextSequences =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                        return size() > capacity;
                    }
                };
    }

    /**
     * The verdict on the next record of the topic. Records of a request must be given in the order
     * of their partition.
     *
     * @param requestId the record's request
     * @param sequence the record's sequence
     * @param end whether the record has a finish reason
     */
    public Verdict judge(String requestId, long sequence, boolean end) {
        long next = nextSequences.getOrDefault(requestId, 0L);
        if (next == ENDED) {
            return Verdict.ENDED;
        }
        if (end) {
            nextSequences.put(requestId, ENDED);
            return sequence > next ? Verdict.GAP : Verdict.NEXT;
        }
        if (sequence < next) {
            return Verdict.DUPLICATE;
        }
        nextSequences.put(requestId, sequence + 1);
        return sequence > next ? Verdict.GAP : Verdict.NEXT;
    }
}
