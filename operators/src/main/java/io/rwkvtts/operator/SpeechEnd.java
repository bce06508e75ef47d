package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;

/**
 * How a request ends.
 *
 * @param reason label of a {@link FinishReason}
 * @param error what was wrong, if the reason is {@code error}, else null
 */
public record SpeechEnd(String reason, String error) {

    /** An end with something wrong. */
    public static SpeechEnd failed(String error) {
        return new SpeechEnd(FinishReason.ERROR.label(), error);
    }
}
