package io.rwkvtts.operator;

import io.rwkvtts.synthesis.SpeechRequest;

/**
 * Where an output record stands in its request.
 *
 * @param sequence number of the record within the request, from 0 without gaps
 * @param segment number of the text segment, from 0
 * @param tokenOffset semantic tokens of the request before this record; × 20 ms = media time
 */
public record ChunkPosition(long sequence, int segment, long tokenOffset) {

    /** That of the next record of a request. */
    static ChunkPosition of(SpeechRequest request) {
        return new ChunkPosition(request.sequence(), request.segment(), request.tokenOffset());
    }
}
