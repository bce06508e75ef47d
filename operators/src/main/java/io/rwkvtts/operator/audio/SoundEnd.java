package io.rwkvtts.operator.audio;

import io.rwkvtts.synthesis.FinishReason;

/**
 * How the sound of a request ends.
 *
 * @param reason finish reason of the tokens, or {@code error} if they could not be decoded
 * @param error what was wrong if the reason is {@code error}, else null
 */
public record SoundEnd(String reason, String error) {

    /** The end of tokens that could not be decoded. */
    static SoundEnd failed(String error) {
        return new SoundEnd(FinishReason.ERROR.label(), error);
    }
}
