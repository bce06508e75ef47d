package io.rwkvtts.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What was found of one thing.
 *
 * @param name of the thing, unique
 * @param status whether it is there and good
 * @param found what is there, for people
 * @param advice what to do, null for nothing
 */
public record Check(String name, Status status, String found, String advice) {

    /** Whether a thing can be used. */
    public enum Status {
        /** It works. */
        OK,
        /** It is not there; what needs it is left out. */
        ABSENT,
        /** It is there, or needed, and does not work. */
        BAD;

        /** The word for programs. */
        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Check ok(String name, String found) {
        return new Check(name, Status.OK, found, null);
    }

    static Check absent(String name, String found, String advice) {
        return new Check(name, Status.ABSENT, found, advice);
    }

    static Check bad(String name, String found, String advice) {
        return new Check(name, Status.BAD, found, advice);
    }

    boolean isOk() {
        return status == Status.OK;
    }
}
