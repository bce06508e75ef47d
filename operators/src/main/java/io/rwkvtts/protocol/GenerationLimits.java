package io.rwkvtts.protocol;

import java.io.Serializable;

/**
 * How many semantic tokens a segment may have (spec 3.6); 50 are one second of sound.
 *
 * @param minSemanticTokens end of speech is forbidden before, 0 to {@code maxSemanticTokens}
 * @param maxSemanticTokens the segment is cut off here, 1 to {@link #MAX}
 */
public record GenerationLimits(int minSemanticTokens, int maxSemanticTokens)
        implements Serializable {

    /** Most semantic tokens of a segment. */
    public static final int MAX = 2048;

    /** Semantic tokens of one second of sound. */
    public static final double TOKENS_PER_SECOND = 50;

    /**
     * @throws IllegalArgumentException if a value is out of range; names it and the range
     */
    public GenerationLimits {
        if (maxSemanticTokens < 1 || maxSemanticTokens > MAX) {
            throw new IllegalArgumentException(
                    "maxSemanticTokens is " + maxSemanticTokens + ", expected 1 to " + MAX);
        }
        if (minSemanticTokens < 0 || minSemanticTokens > maxSemanticTokens) {
            throw new IllegalArgumentException(
                    "minSemanticTokens is "
                            + minSemanticTokens
                            + ", expected 0 to maxSemanticTokens, which is "
                            + maxSemanticTokens);
        }
    }

    /**
     * Most semantic tokens that reading {@code text} should take: 2 s, and 0.6 s for each
     * ideograph, kana or Hangul syllable, 0.12 s for each other character; between 100 and {@link
     * #MAX}. A guard against runaway silence (spec 3.6).
     */
    public static int tokensToRead(String text) {
        double seconds = 2 + text.codePoints().mapToDouble(GenerationLimits::secondsToRead).sum();
        double tokens = Math.ceil(TOKENS_PER_SECOND * seconds);
        return (int) Math.max(100, Math.min(MAX, tokens));
    }

    private static double secondsToRead(int codePoint) {
        return switch (Character.UnicodeScript.of(codePoint)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> 0.6;
            default -> 0.12;
        };
    }
}
