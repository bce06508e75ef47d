package io.rwkvtts.synthesis;

import io.rwkvtts.protocol.GenerationLimits;

/**
 * When things happened to a request that holds a slot, by a {@link LoopClock}, for metrics only; 0
 * means "not yet". It begins with the wait for the slot: at its arrival, or at a restore or with
 * the event that it was parked for.
 */
public final class RequestClock {
    private final LoopClock loop;
    private final long acceptedAt;
    private final long admittedAt;
    private final long stepsBefore;
    private final long promptsBefore;
    private long promptFedAt;
    private long firstTokenAt;
    private long latestTokenAt;
    private long firstChunkAt;
    private long stepNanos;
    private long promptNanos;
    private long tokensOut;
    private long underrunNanos;

    /**
     * @param acceptedAt when the wait for the slot began; it ends now
     */
    RequestClock(LoopClock loop, long acceptedAt) {
        this.loop = loop;
        this.acceptedAt = acceptedAt;
        admittedAt = loop.nanoTime();
        stepsBefore = loop.stepNanos();
        promptsBefore = loop.promptNanos();
    }

    /** A whole prompt is fed; the first counts. */
    void promptFed() {
        if (promptFedAt == 0) {
            promptFedAt = loop.nanoTime();
        }
    }

    /**
     * A semantic token came.
     *
     * @return nanoseconds since the one before, 0 for the first
     */
    long token(long now) {
        long since = anyToken() ? now - latestTokenAt : 0;
        if (!anyToken()) {
            firstTokenAt = now;
        }
        latestTokenAt = now;
        return since;
    }

    /**
     * A chunk goes out: late if a listener who began with the first one has heard all before it.
     */
    void chunk(int tokens) {
        long now = loop.nanoTime();
        if (firstChunkAt == 0) {
            firstChunkAt = now;
            stepNanos = loop.stepNanos() - stepsBefore;
            promptNanos = loop.promptNanos() - promptsBefore;
        } else {
            long due = firstChunkAt + tokensOut * GenerationLimits.NANOS_PER_TOKEN;
            underrunNanos = Math.max(underrunNanos, now - due);
        }
        tokensOut += tokens;
    }

    /** Nanoseconds from the beginning of the wait to the slot. */
    public long queueNanos() {
        return admittedAt - acceptedAt;
    }

    /** Nanoseconds from the slot to the end of the first prompt's prefill. */
    public long prefillNanos() {
        return promptFedAt - admittedAt;
    }

    /** Nanoseconds from the beginning of the wait to the first semantic token. */
    public long firstTokenNanos() {
        return firstTokenAt - acceptedAt;
    }

    /** Nanoseconds from the beginning of the wait to the first chunk. */
    public long firstChunkNanos() {
        return firstChunkAt - acceptedAt;
    }

    /** Nanoseconds in which the loop computed steps, from the slot to the first chunk. */
    public long stepNanos() {
        return stepNanos;
    }

    /**
     * Nanoseconds in which the loop computed prompts, anyone's, from the slot to the first chunk.
     */
    public long promptNanos() {
        return promptNanos;
    }

    /** Nanoseconds from the end of the first prefill to the latest token. */
    public long decodeNanos() {
        return latestTokenAt - promptFedAt;
    }

    /** Nanoseconds from the beginning of the wait to now. */
    public long totalNanos() {
        return loop.nanoTime() - acceptedAt;
    }

    /** Nanoseconds that a listener who began with the first chunk had to wait for a later one. */
    public long underrunNanos() {
        return underrunNanos;
    }

    /** Semantic tokens that went out. */
    public long tokensOut() {
        return tokensOut;
    }

    /** Whether any semantic token came. */
    public boolean anyToken() {
        return firstTokenAt != 0;
    }
}
