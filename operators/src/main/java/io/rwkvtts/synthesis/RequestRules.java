package io.rwkvtts.synthesis;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.text.TextRules;

/**
 * What a text event must satisfy, and what its attributes mean. Checks of incoming events and the
 * synthesis itself read attributes through the same methods, so that what was let in can be
 * generated.
 *
 * <p>Immutable, for any thread.
 */
public final class RequestRules {

    /** Most characters of a request id or a tenant. */
    public static final int MAX_ID_CHARS = 256;

    private final VoiceDirectory voices;
    private final GenerationLimits limits;
    private final int maxTextChars;

    /**
     * @param voices reference voices that a request may name
     * @param limits semantic tokens of a segment; also the most that a request may ask for
     * @param maxTextChars most characters of a request's text
     */
    public RequestRules(VoiceDirectory voices, GenerationLimits limits, int maxTextChars) {
        this.voices = requireNonNull(voices, "voices");
        this.limits = requireNonNull(limits, "limits");
        this.maxTextChars = maxTextChars;
    }

    /**
     * Checks the id of a request.
     *
     * @throws IllegalArgumentException if it is blank, too long or not well-formed
     */
    public static void checkId(String id) {
        if (id.isBlank()) {
            throw new IllegalArgumentException("requestId is blank");
        }
        checkLength("requestId", id, MAX_ID_CHARS);
        TextRules.requireWellFormed(id);
    }

    /**
     * Checks a text that is to be generated as a whole.
     *
     * @param maxChars most characters (UTF-16 units)
     * @throws IllegalArgumentException if it is blank, too long or not well-formed
     */
    public static void checkText(String text, int maxChars) {
        checkPiece(text, maxChars);
        if (text.isBlank()) {
            throw new IllegalArgumentException("text is blank, expected a letter or digit");
        }
    }

    private static void checkPiece(String text, int maxChars) {
        checkLength("text", text, maxChars);
        TextRules.requireWellFormed(text);
    }

    /**
     * Checks an event that does not cancel. Attributes count with the first piece only, so only
     * there they are looked at.
     *
     * @param timestampMs timestamp of the event's record, epoch milliseconds
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public void check(TextPiece piece, RequestAttributes attributes, long timestampMs) {
        if (piece.sequence() < 0) {
            throw new IllegalArgumentException(
                    "sequence is " + piece.sequence() + ", expected 0 or more");
        }
        if (piece.first() && piece.last()) {
            checkText(piece.text(), maxTextChars);
        } else {
            checkPiece(piece.text(), maxTextChars);
        }
        if (piece.first()) {
            check(attributes);
            checkEnd(attributes.deadlineMs(), attributes.budgetMs(), timestampMs);
        }
    }

    private void check(RequestAttributes attributes) {
        if (attributes.voice().named()) {
            voices.voice(attributes.voice().voiceId());
        } else {
            attributes.voice().properties();
        }
        attributes.sampling().parameters();
        limits(attributes);
        if (attributes.tenant() != null) {
            checkLength("tenant", attributes.tenant(), MAX_ID_CHARS);
        }
    }

    private static void checkEnd(Long deadlineMs, Long budgetMs, long timestampMs) {
        if (deadlineMs != null && deadlineMs < 0) {
            throw new IllegalArgumentException(
                    "deadline is " + deadlineMs + ", expected milliseconds since 1970");
        }
        if (deadlineMs != null && budgetMs != null) {
            throw new IllegalArgumentException(
                    "deadline is "
                            + deadlineMs
                            + " and budgetMs is "
                            + budgetMs
                            + ", expected one of them only");
        }
        if (budgetMs != null && (budgetMs < 0 || budgetMs > longestBudget(timestampMs))) {
            throw new IllegalArgumentException(
                    "budgetMs is "
                            + budgetMs
                            + ", expected 0 to "
                            + longestBudget(timestampMs)
                            + " milliseconds from the record's timestamp "
                            + timestampMs);
        }
    }

    /** Epoch milliseconds at which a request ends, {@link Long#MAX_VALUE} for never. */
    static long deadlineMs(RequestAttributes attributes, long timestampMs) {
        if (attributes.deadlineMs() != null) {
            return attributes.deadlineMs();
        }
        Long budget = attributes.budgetMs();
        // The first record may be another, with a later timestamp, than the one that was checked.
        return budget == null || budget > longestBudget(timestampMs)
                ? Long.MAX_VALUE
                : timestampMs + budget;
    }

    /** Milliseconds that can be counted from here on. */
    private static long longestBudget(long timestampMs) {
        return Long.MAX_VALUE - Math.max(0, timestampMs);
    }

    private GenerationLimits limits(RequestAttributes attributes) {
        int max =
                attributes.maxSemanticTokens() == null
                        ? limits.maxSemanticTokens()
                        : attributes.maxSemanticTokens();
        if (max > limits.maxSemanticTokens()) {
            throw new IllegalArgumentException(
                    "maxSemanticTokens is "
                            + max
                            + ", expected at most "
                            + limits.maxSemanticTokens());
        }
        int min =
                attributes.minSemanticTokens() == null
                        ? Math.min(limits.minSemanticTokens(), max)
                        : attributes.minSemanticTokens();
        return new GenerationLimits(min, max, limits.maxRepeatedTokens());
    }

    /**
     * Limits of one segment of a request.
     *
     * @param capByText whether they are also bounded by the segment's text (spec 3.6)
     */
    GenerationLimits limits(RequestAttributes attributes, String segment, boolean capByText) {
        return capped(limits(attributes), segment, capByText);
    }

    /**
     * Limits of one segment of a request that has agreed to some of its own.
     *
     * @param agreed no more than what events are checked by
     */
    GenerationLimits limits(RequestAttributes attributes, String segment, SegmentLimits agreed) {
        GenerationLimits asked = limits(attributes);
        int max = Math.min(asked.maxSemanticTokens(), agreed.tokens().maxSemanticTokens());
        int min =
                attributes.minSemanticTokens() == null
                        ? agreed.tokens().minSemanticTokens()
                        : attributes.minSemanticTokens();
        return capped(
                new GenerationLimits(Math.min(min, max), max, agreed.tokens().maxRepeatedTokens()),
                segment,
                agreed.byText());
    }

    private static GenerationLimits capped(
            GenerationLimits limits, String segment, boolean capByText) {
        if (!capByText) {
            return limits;
        }
        int max = Math.min(limits.maxSemanticTokens(), GenerationLimits.tokensToRead(segment));
        return new GenerationLimits(
                Math.min(limits.minSemanticTokens(), max), max, limits.maxRepeatedTokens());
    }

    VoiceDirectory voices() {
        return voices;
    }

    private static void checkLength(String field, String value, int max) {
        if (value.length() > max) {
            throw new IllegalArgumentException(
                    field + " has " + value.length() + " characters, expected at most " + max);
        }
    }
}
