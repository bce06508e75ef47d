package io.rwkvtts.protocol;

import java.io.Serializable;

/**
 * How many semantic tokens a segment may have (spec 3.6); 50 are one second of sound.
 *
 * @param minSemanticTokens end of speech is forbidden before, 0 to {@code maxSemanticTokens}
 * @param maxSemanticTokens the segment is cut off here, 1 to {@link #MAX}
 * @param maxRepeatedTokens the segment is cut off when the same token has come more often than this
 *     in a row: it has run away; 0 for never
 */
public record GenerationLimits(int minSemanticTokens, int maxSemanticTokens, int maxRepeatedTokens)
        implements Serializable {

    /** Most semantic tokens of a segment. */
    public static final int MAX = 2048;

    /** Usual bound of repetitions in a row: two seconds of the same sound (spec 3.6). */
    public static final int USUAL_MAX_REPEATED = 100;

    /** Semantic tokens of one second of sound. */
    public static final double TOKENS_PER_SECOND = 50;

    /** Nanoseconds of sound of a semantic token. */
    public static final long NANOS_PER_TOKEN = (long) (1e9 / TOKENS_PER_SECOND);

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
        if (maxRepeatedTokens < 0) {
            throw new IllegalArgumentException(
                    "maxRepeatedTokens is " + maxRepeatedTokens + ", expected 0 or more");
        }
    }

    /** With the usual bound of repetitions. */
    public GenerationLimits(int minSemanticTokens, int maxSemanticTokens) {
        this(minSemanticTokens, maxSemanticTokens, USUAL_MAX_REPEATED);
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
