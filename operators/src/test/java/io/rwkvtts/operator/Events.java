package io.rwkvtts.operator;

import io.rwkvtts.synthesis.Attributes;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.TextPiece;
import java.util.List;
import java.util.stream.IntStream;

/** Text events for tests. */
final class Events {

    static final long TIMESTAMP = 1_000;

    static final String TWO_SENTENCES =
            "The first sentence is about as long as this. The second one is here.";

    private Events() {}

    /** Whole requests of different texts, {@code request-0} and so on. */
    static List<RequestEvent> requests(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> whole("request-" + i, "Sentence " + i + " " + TWO_SENTENCES))
                .toList();
    }

    /** A whole request. */
    static RequestEvent whole(String id, String text) {
        return piece(id, 0, text, true);
    }

    static RequestEvent piece(String id, long sequence, String text, boolean last) {
        return event(id, new TextPiece(sequence, text, last), false, RequestAttributes.NONE);
    }

    /** A whole request of a tenant. */
    static RequestEvent of(String tenant, String id) {
        return with(id, TWO_SENTENCES, Attributes.of("tenant", tenant));
    }

    /** An event with another timestamp. */
    static RequestEvent at(long timestampMs, RequestEvent event) {
        return new RequestEvent(
                event.requestId(),
                event.piece(),
                event.cancel(),
                event.attributes(),
                timestampMs,
                event.origin(),
                event.payload(),
                event.rejection());
    }

    static RequestEvent cancel(String id) {
        return event(id, new TextPiece(0, "", false), true, RequestAttributes.NONE);
    }

    static RequestEvent with(String id, String text, RequestAttributes attributes) {
        return with(id, text, attributes, true);
    }

    static RequestEvent with(String id, String text, RequestAttributes attributes, boolean last) {
        return event(id, new TextPiece(0, text, last), false, attributes);
    }

    private static RequestEvent event(
            String id, TextPiece piece, boolean cancel, RequestAttributes attributes) {
        return new RequestEvent(
                id,
                piece,
                cancel,
                attributes,
                TIMESTAMP,
                new Origin("requests", 0, piece.sequence()),
                new byte[] {1, 2, 3},
                null);
    }
}
