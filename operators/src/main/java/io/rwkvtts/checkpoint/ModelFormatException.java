package io.rwkvtts.checkpoint;

/**
 * A model that can't be used as it is: missing, truncated, malformed, of another architecture, or
 * of sizes that don't fit each other. The message names the file, the tensor or field, what was
 * found and what was expected; it is fit to be shown to a user as it stands.
 */
public final class ModelFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** With a message that names the place, what was found and what was expected. */
    public ModelFormatException(String message) {
        super(message);
    }

    /** As above, for a fault that another exception brought up. */
    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
