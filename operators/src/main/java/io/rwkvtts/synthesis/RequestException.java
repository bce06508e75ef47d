package io.rwkvtts.synthesis;

/** A request that cannot be served; the message tells its sender why. The job continues. */
public final class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RequestException(String message) {
        super(message);
    }

    public RequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
