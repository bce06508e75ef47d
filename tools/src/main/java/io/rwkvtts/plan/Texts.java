package io.rwkvtts.plan;

import io.rwkvtts.protocol.GenerationLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Requests: texts of any number of tokens from the fewest to the most, in a voice by properties.
 *
 * @param fewest tokens of the vocabulary in a text
 * @param most tokens of the vocabulary in a text
 * @param mostPerSegment tokens after which a text is cut
 * @param semanticPerToken semantic tokens of a token of the vocabulary
 * @param semanticPerSegment semantic tokens that a segment has whatever its text is; 0 for none
 */
public record Texts(
        int fewest, int most, int mostPerSegment, double semanticPerToken, int semanticPerSegment) {

    /** {@code tts.segment.max-units} of 200 letters, at some 4.4 letters a token. */
    private static final int TOKENS_OF_SEGMENT = 46;

    /** English read aloud has some 15 letters a second, and 50 semantic tokens. */
    private static final double SEMANTIC_OF_TOKEN = 15;

    /** The tokens that divide a prompt; those of the voice before it are known after a request. */
    private static final int TAGS = 2;

    private static final int GLOBAL_TOKENS = 32;

    /** Between the tokens of the voice, which later segments have in their prompt, and speech. */
    private static final int TAG_AFTER_GLOBALS = 1;

    /**
     * @throws IllegalArgumentException if the numbers are below 1 or contradict each other
     */
    public Texts {
        if (fewest < 1 || most < fewest || mostPerSegment < 1) {
            throw new IllegalArgumentException(
                    "texts of %d to %d tokens in segments of %d, expected 1 or more"
                            .formatted(fewest, most, mostPerSegment));
        }
    }

    /** Texts that are read aloud. */
    public static Texts spoken(int fewest, int most) {
        return new Texts(fewest, most, TOKENS_OF_SEGMENT, SEMANTIC_OF_TOKEN, 0);
    }

    /** Texts of a model with random weights, whose segments all have as many semantic tokens. */
    public static Texts noise(int fewest, int most, int semanticPerSegment) {
        return new Texts(fewest, most, TOKENS_OF_SEGMENT, 0, semanticPerSegment);
    }

    /** One more request. */
    List<SegmentLoad> next(Random random) {
        int left = fewest + random.nextInt(most - fewest + 1);
        List<SegmentLoad> segments = new ArrayList<>();
        while (left > 0) {
            int tokens = Math.min(left, mostPerSegment);
            boolean first = segments.isEmpty();
            segments.add(
                    new SegmentLoad(
                            tokens + TAGS + (first ? 0 : GLOBAL_TOKENS + TAG_AFTER_GLOBALS),
                            first ? GLOBAL_TOKENS : 0,
                            semantic(tokens)));
            left -= tokens;
        }
        return segments;
    }

    private int semantic(int tokens) {
        return semanticPerSegment > 0
                ? semanticPerSegment
                : Math.max(1, (int) Math.round(tokens * semanticPerToken));
    }

    /** Semantic tokens of a request, on average. */
    double meanSemanticTokens() {
        double sum = 0;
        for (int length = fewest; length <= most; length++) {
            for (int left = length; left > 0; left -= mostPerSegment) {
                sum += semantic(Math.min(left, mostPerSegment));
            }
        }
        return sum / (most - fewest + 1);
    }

    /** Seconds of speech of a request, on average. */
    double meanSpeechSeconds() {
        return meanSemanticTokens() * GenerationLimits.NANOS_PER_TOKEN / 1e9;
    }
}
