package io.rwkvtts.synthesis;

/**
 * What tells a request from all others, from its first record on.
 *
 * @param id id of the request
 * @param arrival number of its arrival in the job, for fair admission
 * @param timestampMs timestamp of its first record, epoch milliseconds
 */
public record RequestIdentity(String id, long arrival, long timestampMs) {}
