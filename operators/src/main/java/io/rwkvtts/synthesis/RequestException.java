package io.rwkvtts.synthesis;

/** A request that cannot be served; the message says to its sender why. The job goes on. */
public final class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RequestException(String message) {
        super(message);
    }

    public RequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
