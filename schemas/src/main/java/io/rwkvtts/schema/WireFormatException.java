package io.rwkvtts.schema;

/** Bytes that are no record of a known schema. The message says what was found and expected. */
public final class WireFormatException extends Exception {

    private static final long serialVersionUID = 1L;

    WireFormatException(String message) {
        super(message);
    }

    WireFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
