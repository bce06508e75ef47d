package io.rwkvtts.scheduling;

/**
 * A request's place in the queue.
 *
 * @param id id of the request
 * @param begun whether the request has held a slot before
 * @param priority higher is served first
 * @param deadlineMs epoch milliseconds, {@link Long#MAX_VALUE} for none
 * @param tenant whom the request belongs to; empty for nobody in particular
 * @param arrival number of its arrival in this job
 * @param sinceNanos when its wait began, by a {@link NanoClock}; for metrics
 */
public record Ticket(
        String id,
        boolean begun,
        int priority,
        long deadlineMs,
        String tenant,
        long arrival,
        long sinceNanos) {}
