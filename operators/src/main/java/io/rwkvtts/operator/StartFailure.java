package io.rwkvtts.operator;

import com.fasterxml.jackson.core.JacksonException;
import io.rwkvtts.audio.AudioFormatException;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * What becomes of a task that can't be opened. A file that is missing or can't be read may be there
 * at the next attempt, as when a volume is mounted late: that is left to the restart strategy. A
 * file of a wrong format or shape, too little memory or a library that can't be loaded stay as they
 * are: the job fails for good.
 */
public final class StartFailure {

    private StartFailure() {}

    /** The exception to throw in place of {@code failure}. */
    public static Exception of(Exception failure) {
        return mayHeal(failure) ? failure : new SuppressRestartsException(failure);
    }

    private static boolean mayHeal(Exception failure) {
        return Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(StartFailure::isOfTheFileSystem);
    }

    /** Complaints about the content of a file are I/O errors by their type, too. */
    private static boolean isOfTheFileSystem(Throwable cause) {
        return cause instanceof IOException
                && !(cause instanceof JacksonException)
                && !(cause instanceof AudioFormatException);
    }
}
