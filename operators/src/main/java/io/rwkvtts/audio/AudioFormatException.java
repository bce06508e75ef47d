package io.rwkvtts.audio;

import java.io.IOException;

/** A decoder's file, or its description, that can't be used. The message can be shown to a user. */
public final class AudioFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    AudioFormatException(String message) {
        super(message);
    }

    AudioFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
