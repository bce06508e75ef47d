package io.rwkvtts.synthesis;

import io.rwkvtts.scheduling.NanoClock;

/** The time of a loop, and how much of it the loop has computed; for the loop's thread. */
final class LoopClock {
    private final NanoClock nanos;
    private long stepNanos;
    private long promptNanos;

    LoopClock(NanoClock nanos) {
        this.nanos = nanos;
    }

    /** Now, for differences only. */
    long nanoTime() {
        return nanos.nanoTime();
    }

    /** Tokens of the requests that decode were computed in that time. */
    void stepped(long tookNanos) {
        stepNanos += tookNanos;
    }

    /** Pieces of prompts were computed in that time. */
    void prefilled(long tookNanos) {
        promptNanos += tookNanos;
    }

    /** Nanoseconds spent on the tokens of requests that decode, since the loop was made. */
    long stepNanos() {
        return stepNanos;
    }

    /** Nanoseconds spent on prompts, since the loop was made. */
    long promptNanos() {
        return promptNanos;
    }
}
