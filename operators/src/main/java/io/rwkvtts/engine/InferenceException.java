package io.rwkvtts.engine;

/** The runtime below an engine failed. The states of the slots of the call are undefined. */
public final class InferenceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message that names what was attempted. */
    public InferenceException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
