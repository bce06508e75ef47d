package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestAttributes;

/**
 * A decoded text event with its origin and original bytes. Immutable by convention: nobody writes
 * to {@code payload} after construction.
 *
 * @param requestId id of the request, never blank after {@link CheckEvents}
 * @param sequence number of the event within its request, from 0
 * @param text piece of the request's text
 * @param last whether no further text follows
 * @param cancel whether the request is to end now; text is ignored then
 * @param attributes attributes of the request
 * @param timestampMs timestamp of the Kafka record, epoch milliseconds
 * @param origin where the record came from
 * @param payload the record's value as received
 * @param rejection why the event is invalid; null if it is valid
 */
public record RequestEvent(
        String requestId,
        long sequence,
        String text,
        boolean last,
        boolean cancel,
        RequestAttributes attributes,
        long timestampMs,
        Origin origin,
        byte[] payload,
        String rejection) {

    /** This event, marked invalid for {@code reason}. */
    public RequestEvent rejected(String reason) {
        return new RequestEvent(
                requestId,
                sequence,
                text,
                last,
                cancel,
                attributes,
                timestampMs,
                origin,
                payload,
                reason);
    }
}
