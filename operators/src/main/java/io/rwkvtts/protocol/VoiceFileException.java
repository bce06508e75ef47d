package io.rwkvtts.protocol;

/** A voice file or directory that cannot be used. The message names it and what was expected. */
public class VoiceFileException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public VoiceFileException(String message) {
        super(message);
    }

    public VoiceFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
