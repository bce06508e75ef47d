package io.rwkvtts.operator;

/**
 * Tokens per second of the time in which there was work, over intervals of ten seconds of that
 * time. Times are those of a {@link io.rwkvtts.scheduling.NanoClock}.
 */
final class GenerationRate {
    static final long INTERVAL_NANOS = 10_000_000_000L;

    private boolean idle = true;
    private long idleSince;
    private long begunAt;
    private long tokensBefore;

    /** From now on there is work; does nothing if there was. */
    void work(long now) {
        if (idle) {
            idle = false;
            begunAt += now - idleSince;
        }
    }

    /** From now on there is no work; does nothing if there was none. */
    void rest(long now) {
        if (!idle) {
            idle = true;
            idleSince = now;
        }
    }

    /** Whether the interval is over; to be asked while there is work. */
    boolean due(long now) {
        return now - begunAt >= INTERVAL_NANOS;
    }

    /**
     * The rate in the interval that ends now; begins the next.
     *
     * @param tokens generated since the start
     */
    double next(long tokens, long now) {
        double rate = (tokens - tokensBefore) * 1e9 / (now - begunAt);
        begunAt = now;
        tokensBefore = tokens;
        return rate;
    }
}
