package io.rwkvtts.chaos;

/**
 * A fault that has struck.
 *
 * @param what what happened to whom
 * @param atMs since the first request was sent
 * @param running generations that had put out a chunk and were not ended
 * @param recoveryMs until a chunk was written by what was started after the fault
 */
public record StruckFault(String what, long atMs, int running, long recoveryMs) {

    /** Whether it struck any generation. */
    public boolean counts() {
        return running > 0;
    }
}
