package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.SegmentAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.operator.SpeechEnd;
import java.util.List;

/**
 * The sound of a request between two windows, as a checkpoint holds it.
 *
 * @param id of the request
 * @param timestampMs timestamp of the request's first event
 * @param plan of its windows, which stays if the decoder's changes
 * @param position of the next record, in the segment that sounded last
 * @param segments those with samples to come
 * @param end of its tokens, null if it has not come
 * @param failed whether the end of the sound has been emitted before that of the tokens
 * @param arm side of an experiment that the request is on, null if on none
 */
record SoundSnapshot(
        String id,
        long timestampMs,
        WindowPlan plan,
        SoundPosition position,
        List<Segment> segments,
        SpeechEnd end,
        boolean failed,
        String arm) {

    /**
     * A segment of it.
     *
     * @param number of the segment
     * @param tokens that later windows need
     */
    record Segment(int number, SegmentAudio.Held tokens) {}
}
