package io.rwkvtts.synthesis;

/**
 * When things happened to a request, by {@link System#nanoTime()}, for metrics only. Starts anew on
 * a restore; 0 means "not yet".
 */
public final class RequestClock {
    private final long acceptedAt = System.nanoTime();
    long admittedAt;
    long promptFedAt;
    long firstTokenAt;
    long firstChunkAt;
    long latestTokenAt;

    RequestClock() {}

    /** Nanoseconds from arrival (or restore) to the slot. */
    public long queueNanos() {
        return admittedAt - acceptedAt;
    }

    /** Nanoseconds from the slot to the end of the first prompt's prefill. */
    public long prefillNanos() {
        return promptFedAt - admittedAt;
    }

    /** Nanoseconds from arrival to the first semantic token. */
    public long firstTokenNanos() {
        return firstTokenAt - acceptedAt;
    }

    /** Nanoseconds from arrival to the first chunk. */
    public long firstChunkNanos() {
        return firstChunkAt - acceptedAt;
    }

    /** Nanoseconds from the end of the first prefill to the latest token. */
    public long decodeNanos() {
        return latestTokenAt - promptFedAt;
    }

    /** Nanoseconds from arrival to now. */
    public long totalNanos() {
        return System.nanoTime() - acceptedAt;
    }

    /** Whether any semantic token came since arrival or restore. */
    public boolean spoke() {
        return firstTokenAt != 0;
    }
}
