package io.rwkvtts.audio;

/** A decoder failed, or gave what no decoder may give. */
public final class AudioException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AudioException(String message) {
        super(message);
    }

    AudioException(String message, Throwable cause) {
        super(message, cause);
    }
}
