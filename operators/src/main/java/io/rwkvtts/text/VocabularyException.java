package io.rwkvtts.text;

import java.nio.file.Path;

/**
 * A vocabulary file that can't be used: missing, malformed, incomplete, or not a vocabulary. The
 * message names the file, the line or entry, what was found and what was expected; it is fit to be
 * shown to a user as it stands.
 */
public final class VocabularyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    VocabularyException(Path file, String problem) {
        super("vocabulary " + file + ": " + problem);
    }

    VocabularyException(Path file, String problem, Throwable cause) {
        super("vocabulary " + file + ": " + problem, cause);
    }
}
