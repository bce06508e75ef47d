package io.rwkvtts.chaos;

/** How often and how long a consumer waited for missing records. Belongs to one thread. */
final class Waits {

    private int count;
    private long longestMs;
    private boolean waiting;
    private long sinceMs;

    /**
     * To be called after each poll.
     *
     * @param requests of which a record is being waited for
     * @param nowMs a time that never runs back
     */
    void update(int requests, long nowMs) {
        if (requests == 0) {
            waiting = false;
            return;
        }
        if (!waiting) {
            waiting = true;
            sinceMs = nowMs;
            count++;
        }
        longestMs = Math.max(longestMs, nowMs - sinceMs);
    }

    /** Times that the consumer began to wait when it waited for no request. */
    int count() {
        return count;
    }

    /** The longest of them. */
    long longestMs() {
        return longestMs;
    }
}
