package io.rwkvtts.operator;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.operator.Switches.Effect;

/**
 * A value that an option is given while the job runs.
 *
 * @param key of the option
 * @param value as in a configuration; null for what the job was started with
 * @param effectiveFromMs timestamp of the first requests that it holds for, epoch milliseconds;
 *     null where it counts for all from when it is read
 * @param trial requests that it is tried on; null for all
 */
public record SwitchValue(String key, String value, Long effectiveFromMs, Trial trial) {

    /**
     * @throws IllegalArgumentException if the option may not change, or not in this way
     */
    public SwitchValue {
        requireNonNull(key, "key");
        if (Switches.effect(key) == Effect.FROM_TIMESTAMP) {
            if (effectiveFromMs == null) {
                throw new IllegalArgumentException(
                        key
                                + " needs effectiveFrom, the timestamp of the first requests that it"
                                + " holds for: a replay has to decide by it again");
            }
        } else if (effectiveFromMs != null || trial != null) {
            throw new IllegalArgumentException(
                    key
                            + " counts for all requests of a subtask from when it is read: expected"
                            + " neither effectiveFrom nor experiment");
        }
        if (value != null) {
            Switches.checkValue(key, value);
        } else if (trial != null) {
            throw new IllegalArgumentException(
                    key + " has no value, but is to be tried on a share of the requests");
        }
    }

    /**
     * Requires that the value can work in some job; whether it fits the values of other options
     * shows where those are known. Not required of all: one may come from the checkpoint of a
     * version that allowed more.
     *
     * @throws IllegalArgumentException if not; names the option
     */
    public void requirePossible() {
        if (value != null) {
            Switches.requirePossible(key, value);
        }
    }

    /** The same from another time on. */
    SwitchValue from(long ms) {
        return new SwitchValue(key, value, ms, trial);
    }

    /** Whether it holds for requests by their timestamps. */
    public boolean byTimestamp() {
        return effectiveFromMs != null;
    }
}
