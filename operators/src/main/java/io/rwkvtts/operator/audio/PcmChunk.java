package io.rwkvtts.operator.audio;

/**
 * One record of sound: a piece of a request's, or its end. All fields but the timings are the same
 * on a replay.
 *
 * @param requestId id of the request
 * @param sequence number of the record within the request, from 0 without gaps
 * @param segment number of the text segment, from 0
 * @param sampleOffset samples of the request before this record
 * @param sampleRate in Hz
 * @param pcm samples, 16 bits, little-endian; empty at the end
 * @param end how the request ended; null for a chunk
 * @param requestTimestampMs timestamp of the request's first event, a Kafka header
 * @param emittedAtMs when the record was emitted, a Kafka header
 */
public record PcmChunk(
        String requestId,
        long sequence,
        int segment,
        long sampleOffset,
        int sampleRate,
        byte[] pcm,
        SoundEnd end,
        long requestTimestampMs,
        long emittedAtMs) {}
