package io.rwkvtts.operator;

import java.util.List;

/**
 * What was read of the control topic in one go.
 *
 * @param records in their order
 * @param position to read on from
 * @param knownUntilMs all that was written before this time has been read, epoch milliseconds; or
 *     {@link #UNKNOWN}
 */
public record ControlBatch(
        List<ControlRecord> records, ControlPosition position, long knownUntilMs) {

    /** The end of the topic was not reached. */
    public static final long UNKNOWN = Long.MIN_VALUE;
}
