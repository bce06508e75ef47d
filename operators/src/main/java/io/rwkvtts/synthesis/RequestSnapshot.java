package io.rwkvtts.synthesis;

/**
 * A request between two steps: all that must survive a crash. Immutable: nobody writes to the
 * arrays after construction.
 *
 * @param id id of the request
 * @param arrival number of its arrival in the job, for fair admission
 * @param timestampMs timestamp of its first record, epoch milliseconds
 * @param idleSinceMs when its latest event was processed, epoch milliseconds
 * @param attributes attributes of its first event; {@link RequestAttributes#NONE} before that
 * @param text text and early events
 * @param segment number of the running or next segment
 * @param textPosition where the text after the running segment begins, or the next segment if none
 *     runs
 * @param sequence sequence number of the next output record
 * @param tokenOffset semantic tokens put out before the next record
 * @param globalTokens the 32 global tokens of the request's voice, null until they are generated
 * @param lengthReached whether a segment was cut at its limit
 * @param chunks how its tokens are cut into records; null in a snapshot that does not know it
 * @param ending how it ended, if its end is still to be put out; else null
 * @param active the running segment, null if none runs
 */
public record RequestSnapshot(
        String id,
        long arrival,
        long timestampMs,
        long idleSinceMs,
        RequestAttributes attributes,
        RequestText.Snapshot text,
        int segment,
        int textPosition,
        long sequence,
        long tokenOffset,
        int[] globalTokens,
        boolean lengthReached,
        ChunkPlan chunks,
        FinishReason ending,
        SegmentSnapshot active) {

    /** The same request with its running segment as {@code other}. */
    public RequestSnapshot withActive(SegmentSnapshot other) {
        return new RequestSnapshot(
                id,
                arrival,
                timestampMs,
                idleSinceMs,
                attributes,
                text,
                segment,
                textPosition,
                sequence,
                tokenOffset,
                globalTokens,
                lengthReached,
                chunks,
                ending,
                other);
    }
}
