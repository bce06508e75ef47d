package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.TextPiece;

/**
 * A decoded text event with its origin and original bytes. Immutable by convention: nobody writes
 * to {@code payload} after construction.
 *
 * @param requestId id of the request, never blank after {@link CheckEvents}
 * @param piece piece of the request's text
 * @param cancel whether the request is to end now; the piece is ignored then
 * @param attributes attributes of the request
 * @param timestampMs timestamp of the Kafka record, epoch milliseconds
 * @param origin where the record came from
 * @param payload the record's value as received
 * @param rejection why the event is invalid; null if it is valid
 */
public record RequestEvent(
        String requestId,
        TextPiece piece,
        boolean cancel,
        RequestAttributes attributes,
        long timestampMs,
        Origin origin,
        byte[] payload,
        String rejection) {

    /** This event, marked invalid for {@code reason}. */
    public RequestEvent rejected(String reason) {
        return new RequestEvent(
                requestId, piece, cancel, attributes, timestampMs, origin, payload, reason);
    }

    /** Whether it is all of a request. */
    boolean whole() {
        return piece.first() && piece.last() && !cancel && rejection == null;
    }
}
