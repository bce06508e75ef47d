package io.rwkvtts.operator.audio;

/**
 * Where the sound of a request stands.
 *
 * @param sequence number of a record within the request, from 0 without gaps
 * @param segment number of the text segment, from 0
 * @param sampleOffset samples of the request before that record
 */
public record SoundPosition(long sequence, int segment, long sampleOffset) {

    /** That of the first record. */
    static final SoundPosition START = new SoundPosition(0, 0, 0);

    /** In the segment with this number. */
    SoundPosition in(int number) {
        return new SoundPosition(sequence, number, sampleOffset);
    }

    /** After a record of that many samples. */
    SoundPosition next(int samples) {
        return new SoundPosition(sequence + 1, segment, sampleOffset + samples);
    }
}
