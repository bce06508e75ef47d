package io.rwkvtts.synthesis;

/**
 * How far the speech of a request has come: what of its text is generated, and which record is
 * next. Immutable: nobody writes to the array after construction.
 *
 * @param segment number of the running or next segment, from 0
 * @param textPosition where the text after the running segment begins, or the next segment if none
 *     runs
 * @param sequence sequence number of the next output record
 * @param tokenOffset semantic tokens emitted before the next record
 * @param globalTokens the 32 global tokens of the request's voice, null until they are generated
 * @param lengthReached whether a segment was cut at its limit
 */
public record SpeechProgress(
        int segment,
        int textPosition,
        long sequence,
        long tokenOffset,
        int[] globalTokens,
        boolean lengthReached) {

    /** Nothing is generated. */
    public static final SpeechProgress START = new SpeechProgress(0, 0, 0, 0, null, false);

    /** After the beginning of a segment, the text of which ends at {@code end}. */
    SpeechProgress segmentBegun(int end) {
        return new SpeechProgress(segment, end, sequence, tokenOffset, globalTokens, lengthReached);
    }

    /** After a record of that many tokens. */
    SpeechProgress recordEmitted(int tokens) {
        return new SpeechProgress(
                segment,
                textPosition,
                sequence + 1,
                tokenOffset + tokens,
                globalTokens,
                lengthReached);
    }

    /**
     * After the end of a segment.
     *
     * @param globals its global tokens
     * @param cutOff whether it was cut at its limit
     */
    SpeechProgress segmentCompleted(int[] globals, boolean cutOff) {
        return new SpeechProgress(
                segment + 1, textPosition, sequence, tokenOffset, globals, lengthReached || cutOff);
    }

    /** The same without the voice, which the end of a request does not need. */
    SpeechProgress withoutVoice() {
        return new SpeechProgress(
                segment, textPosition, sequence, tokenOffset, null, lengthReached);
    }
}
