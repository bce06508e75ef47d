package io.rwkvtts.client;

import java.time.Duration;

/**
 * A clock that hardly advances while its user is paused: of the time between two readings of the
 * real clock it counts a bounded part. For one thread.
 */
final class PausedClock {

    private final long longestStepMs;
    private boolean started;
    private long lastMs;
    private long ms;

    PausedClock(Duration longestStep) {
        this.longestStepMs = longestStep.toMillis();
    }

    /** Takes note of what the real clock shows. */
    void advance(long nowMs) {
        if (started) {
            ms += Math.max(0, Math.min(nowMs - lastMs, longestStepMs));
        }
        started = true;
        lastMs = nowMs;
    }

    /** Milliseconds counted so far. */
    long ms() {
        return ms;
    }
}
