package io.rwkvtts.protocol;

/** What a {@link SegmentGeneration} does next. */
public enum NextAction {
    /** Draw from the logits that follow the latest token fed. */
    SAMPLE,
    /** Feed the token sampled last. */
    FEED_TOKEN,
    /** Feed TAG_1 after the last global token, whose logits are not used (spec 3.3, step 4). */
    FEED_TAG,
    /** Nothing: the segment ended by itself. */
    STOP,
    /** Nothing: the segment reached its limit of semantic tokens. */
    LENGTH
}
