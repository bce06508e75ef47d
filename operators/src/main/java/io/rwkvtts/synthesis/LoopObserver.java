package io.rwkvtts.synthesis;

/**
 * What the {@link SynthesisLoop} measures of itself. Called on the loop's thread, but for {@link
 * #sampled}.
 */
public interface LoopObserver {

    /** Ignores everything. */
    LoopObserver NONE = new LoopObserver() {};

    /** A request got a slot. */
    default void admitted(RequestClock clock) {}

    /** A restored request has no state: that many tokens are fed again. */
    default void recomputing(int tokens) {}

    /**
     * A prompt of that many tokens was looked up, the first {@code known} of which need no feeding.
     */
    default void prefixLookedUp(int tokens, int known) {}

    /** One prefill call, of that many tokens in all. */
    default void prefilled(int tokens) {}

    /** One decode step: its rows and duration. */
    default void stepped(int rows, long nanos) {}

    /** One token was sampled; on the thread that computes. */
    default void sampled(long nanos) {}

    /** A semantic token of a request came, that long after the one before; 0 for the first. */
    default void semanticToken(long sincePreviousNanos) {}

    /**
     * The first chunk of a request went out.
     *
     * @param request whose progress is still before the chunk
     */
    default void firstChunk(SpeechRequest request, RequestClock clock) {}

    /**
     * A segment was cut off.
     *
     * @param ranAway whether because the same token came too often in a row
     */
    default void cutOff(boolean ranAway) {}

    /**
     * A request that held a slot ended by itself.
     *
     * @param arm side of an experiment that the request is on, null if on none
     */
    default void finished(RequestClock clock, String arm) {}
}
