package io.rwkvtts.operator;

/**
 * One output record: a chunk of audio tokens, or the end of a request. All fields but the timings
 * are the same on a replay.
 *
 * @param requestId id of the request
 * @param position where it stands in the request
 * @param tokens semantic tokens, 0…8191; empty at the end
 * @param globalTokens the 32 global tokens without offset in the first record of a segment, else
 *     null
 * @param modelId weights id of the model that generated them
 * @param end how the request ended; null for a chunk
 * @param requestTimestampMs timestamp of the request's first event, a Kafka header
 * @param emittedAtMs when the record was emitted, a Kafka header
 * @param arm side of an experiment that the request is on, a Kafka header; null if it takes part in
 *     none
 */
public record TokenChunk(
        String requestId,
        ChunkPosition position,
        int[] tokens,
        int[] globalTokens,
        String modelId,
        SpeechEnd end,
        long requestTimestampMs,
        long emittedAtMs,
        String arm) {

    /** Why the request ended, null for a chunk. */
    public String finishReason() {
        return end == null ? null : end.reason();
    }
}
