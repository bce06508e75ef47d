package io.rwkvtts.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Forms of the records of the request topic. */
public enum InputFormat {
    /** Text events in Avro's single-object encoding. */
    AVRO,
    /** Text events as JSON objects with the same fields. */
    JSON,
    /** Plain text in UTF-8: each record is a whole request. */
    TEXT;

    /**
     * An event as the value of a record of this form.
     *
     * @throws IllegalArgumentException if it is larger than a record may be, or holds more than the
     *     form can
     */
    public byte[] encode(TextEvent event) {
        byte[] bytes =
                switch (this) {
                    case AVRO -> WireCodec.textEvents().encode(event);
                    case JSON -> JsonCodec.encode(event);
                    case TEXT -> plainText(event);
                };
        if (bytes.length > WireCodec.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "an event of %,d bytes is too large: at most %,d"
                            .formatted(bytes.length, WireCodec.MAX_BYTES));
        }
        return bytes;
    }

    private static byte[] plainText(TextEvent event) {
        TextEvent whole =
                TextEvent.newBuilder()
                        .setRequestId(event.getRequestId())
                        .setText(event.getText())
                        .build();
        if (!event.equals(whole)) {
            throw new IllegalArgumentException(
                    "plain text is a whole request: it cannot hold sequence, last, cancel or"
                            + " attributes; use avro or json for them");
        }
        return event.getText().getBytes(UTF_8);
    }
}
