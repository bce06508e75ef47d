package io.rwkvtts.operator;

/**
 * How a request ends.
 *
 * @param reason label of a {@link io.rwkvtts.synthesis.FinishReason}
 * @param error what was wrong, if the reason is {@code error}, else null
 */
public record SpeechEnd(String reason, String error) {}
