package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.TextPiece;

/**
 * A record that could not be served, on its way to the dead-letter topic.
 *
 * @param reason short machine-readable class of the fault, see {@link Reason}
 * @param detail what was wrong, for a person
 * @param requestId id of the request if it could be read, else null
 * @param timestampMs timestamp of the Kafka record
 * @param origin where the record came from
 * @param key the record's key as received, null if it had none
 * @param payload the record's value as received, null for a tombstone
 */
public record RejectedRecord(
        String reason,
        String detail,
        String requestId,
        long timestampMs,
        Origin origin,
        byte[] key,
        byte[] payload) {

    /** The dead letter of an event that decoded but is not acceptable. */
    static RejectedRecord invalid(RequestEvent event, String detail) {
        return new RejectedRecord(
                Reason.INVALID,
                detail,
                event.requestId(),
                event.timestampMs(),
                event.origin(),
                null,
                event.payload());
    }

    /** What is left of a record that could not be decoded: an event that ends its request. */
    RequestEvent event() {
        return new RequestEvent(
                requestId,
                TextPiece.whole(""),
                false,
                RequestAttributes.NONE,
                timestampMs,
                origin,
                payload,
                detail);
    }

    /** Classes of faults; also the values of the metric group {@code reason}. */
    public static final class Reason {
        /** The bytes are no record of a known schema. */
        public static final String UNDECODABLE = "undecodable";

        /** The event decoded, but a field of it is not acceptable. */
        public static final String INVALID = "invalid";

        private Reason() {}
    }
}
