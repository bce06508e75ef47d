package io.rwkvtts.bench.load;

import java.time.Duration;

/**
 * Until when to wait for requests: neither long while nothing at all comes, nor for ever while what
 * comes is of other requests. For one thread.
 */
final class WaitLimit {

    /** Longest time without a token before something must be wrong. */
    static final Duration QUIET = Duration.ofMinutes(1);

    private static final int QUIETS_IN_ALL = 10;

    private final Duration longest;
    private final long start;
    private long seen;
    private long seenAt;

    /**
     * @param requests waited for; each makes the longest wait longer
     * @param tokens that have come so far, of any request
     * @param now by {@link System#nanoTime()}
     */
    WaitLimit(int requests, long tokens, long now) {
        longest = QUIET.multipliedBy(QUIETS_IN_ALL + requests);
        start = now;
        seen = tokens;
        seenAt = now;
    }

    /**
     * Nanoseconds left, above 0.
     *
     * @param what is waited for
     * @throws IllegalStateException if none are left
     */
    long nanosLeft(long tokens, long now, String what) {
        if (tokens > seen) {
            seen = tokens;
            seenAt = now;
        }
        long quietLeft = seenAt + QUIET.toNanos() - now;
        if (quietLeft <= 0) {
            throw new IllegalStateException(
                    "requests wait for %s, but nothing came for %d s"
                            .formatted(what, QUIET.toSeconds()));
        }
        long left = start + longest.toNanos() - now;
        if (left <= 0) {
            throw new IllegalStateException(
                    "requests have waited for %s for %d s, while tokens of others came"
                            .formatted(what, longest.toSeconds()));
        }
        return Math.min(quietLeft, left);
    }
}
