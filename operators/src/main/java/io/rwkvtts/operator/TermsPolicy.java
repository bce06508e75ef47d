package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestTerms;

/** Decides what the records of requests depend on beside their events. For the task thread. */
interface TermsPolicy {

    /**
     * The terms of a request that has none yet.
     *
     * @param timestampMs timestamp of the request's first record, epoch milliseconds
     * @param nowMs processing time, epoch milliseconds
     * @return null if that cannot be known yet
     */
    RequestTerms decide(String id, long timestampMs, long nowMs);

    /** Whether a new request is to end at once, for want of time to generate it. */
    default boolean turnsAway() {
        return false;
    }
}
