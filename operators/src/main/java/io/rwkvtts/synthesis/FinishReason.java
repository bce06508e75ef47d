package io.rwkvtts.synthesis;

import java.util.Locale;

/**
 * Why a request ended. On the wire it is the lower-case {@link #label()}, a string, so that old
 * readers survive a new reason.
 */
public enum FinishReason {
    /** Every segment ended by itself. */
    STOP,
    /** At least one segment was cut at its limit of semantic tokens. */
    LENGTH,
    /** A cancel event came. */
    CANCELLED,
    /** The deadline passed, waiting or running. */
    DEADLINE,
    /** The rest of the text never came. */
    EXPIRED,
    /** The job had no room for the request. */
    OVERLOADED,
    /** An event of the request was invalid, or the model gave no usable result for it. */
    ERROR;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The reason as it stands in records and metrics. */
    public String label() {
        return label;
    }
}
