package io.rwkvtts.synthesis;

/**
 * Where the {@link SynthesisLoop} puts what it makes. Called on the loop's thread, in the middle of
 * a step; an implementation must not call the loop back.
 */
public interface SpeechOutput {

    /**
     * A chunk of a request is ready. Its sequence number, segment and token offset are those of the
     * request at the time of the call.
     *
     * @param tokens semantic tokens, at least one; a new array
     * @param globalTokens the 32 global tokens if this is the segment's first chunk, else null
     */
    void chunk(SpeechRequest request, int[] tokens, int[] globalTokens);

    /**
     * The request is done and its slot free.
     *
     * @param error what was wrong if the reason is {@link FinishReason#ERROR}, else null
     */
    void finished(SpeechRequest request, FinishReason reason, String error);

    /** The request has generated all of its text so far and gave its slot back until more comes. */
    void parked(SpeechRequest request);
}
