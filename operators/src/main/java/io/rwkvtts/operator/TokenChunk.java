package io.rwkvtts.operator;

/**
 * One output record: a chunk of audio tokens, or the end of a request. All fields but the timings
 * are the same on a replay.
 *
 * @param requestId id of the request
 * @param sequence number of the record within the request, from 0 without gaps
 * @param segment number of the text segment, from 0
 * @param tokenOffset semantic tokens of the request before this record; × 20 ms = media time
 * @param tokens semantic tokens, 0…8191; empty at the end
 * @param globalTokens the 32 global tokens without offset in the first record of a segment, else
 *     null
 * @param modelId weights id of the model that spoke
 * @param finishReason null for a chunk; see {@link io.rwkvtts.synthesis.FinishReason} for the end
 * @param error what was wrong, if the reason is {@code error}, else null
 * @param requestTimestampMs timestamp of the request's first event, a Kafka header
 * @param emittedAtMs when the record was emitted, a Kafka header
 */
public record TokenChunk(
        String requestId,
        long sequence,
        int segment,
        long tokenOffset,
        int[] tokens,
        int[] globalTokens,
        String modelId,
        String finishReason,
        String error,
        long requestTimestampMs,
        long emittedAtMs) {}
