package io.rwkvtts.schema;

import java.util.Optional;

/**
 * Bytes that are no record of a known schema. The message has what was found and expected; where
 * the id of the request can be read all the same, the exception carries it.
 */
public final class WireFormatException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String requestId;

    WireFormatException(String message) {
        this(message, (Throwable) null);
    }

    WireFormatException(String message, Throwable cause) {
        super(message, cause);
        this.requestId = null;
    }

    private WireFormatException(WireFormatException fault, String requestId) {
        super(fault.getMessage(), fault.getCause());
        this.requestId = requestId;
    }

    /** This fault, in a record of the request {@code requestId}; null if that is not known. */
    public WireFormatException of(String requestId) {
        return new WireFormatException(this, requestId);
    }

    /** Id of the request that the record belongs to, unchecked; empty if it cannot be read. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }
}
