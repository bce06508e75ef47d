package io.rwkvtts.operator.audio;

import io.rwkvtts.operator.SpeechEnd;

/**
 * One record of sound: a piece of a request's, or its end. All fields but the timings are the same
 * on a replay.
 *
 * @param requestId id of the request
 * @param position where it stands in the request
 * @param sampleRate in Hz
 * @param pcm samples, 16 bits, little-endian; empty at the end
 * @param end how the request ended; null for a chunk
 * @param requestTimestampMs timestamp of the request's first event, a Kafka header
 * @param emittedAtMs when the record was emitted, a Kafka header
 * @param arm side of an experiment that the request is on, a Kafka header; null if it takes part in
 *     none
 */
public record PcmChunk(
        String requestId,
        SoundPosition position,
        int sampleRate,
        byte[] pcm,
        SpeechEnd end,
        long requestTimestampMs,
        long emittedAtMs,
        String arm) {}
