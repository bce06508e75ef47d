package io.rwkvtts.chaos;

import java.util.OptionalLong;

/**
 * A fault that has struck.
 *
 * @param what what happened to whom
 * @param atMs since the first request was sent
 * @param running generations that had emitted a chunk and were not ended
 * @param recoveryMs from the fault, or from the end of a pause or cut, until a chunk was written by
 *     the job as it was after it; empty if all requests had ended by then
 */
public record StruckFault(String what, long atMs, int running, OptionalLong recoveryMs) {

    /** Whether it struck any generation. */
    public boolean counts() {
        return running > 0;
    }
}
