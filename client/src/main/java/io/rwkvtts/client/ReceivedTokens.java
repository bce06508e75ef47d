package io.rwkvtts.client;

import io.rwkvtts.schema.AudioTokens;

/**
 * A record of the token topic that the consumer's rule lets through.
 *
 * @param tokens the record
 * @param missing how many records of the request before it never came; 0 for none
 * @param requestTimestampMs timestamp of the request's first event, epoch milliseconds; -1 if the
 *     header is missing
 * @param emittedAtMs when the job emitted the record, epoch milliseconds; -1 if the header is
 *     missing
 */
public record ReceivedTokens(
        AudioTokens tokens, long missing, long requestTimestampMs, long emittedAtMs) {

    /** Whether records of the request before it never came. */
    public boolean gap() {
        return missing > 0;
    }

    /** The same record with that many lost before it. */
    ReceivedTokens after(long lost) {
        return lost == missing
                ? this
                : new ReceivedTokens(tokens, lost, requestTimestampMs, emittedAtMs);
    }

    /** Whether the record ends its request. */
    public boolean end() {
        return tokens.getFinishReason() != null;
    }
}
