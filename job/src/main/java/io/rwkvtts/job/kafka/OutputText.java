package io.rwkvtts.job.kafka;

import io.rwkvtts.synthesis.RequestRules;

/**
 * Strings of output records that may quote the input. A record which Kafka accepted once must not
 * fail the job because the message about it is larger than a message may be, or has no UTF-8 form.
 */
final class OutputText {

    static final int MAX_LENGTH = 4096;

    /** A character of the most bytes: surrogate pairs take 4 for two. */
    private static final String WIDEST = "\uffff";

    /** A text that takes the most bytes. */
    static final String LONGEST = WIDEST.repeat(MAX_LENGTH);

    /** An id that takes the most bytes. */
    static final String LONGEST_ID = WIDEST.repeat(RequestRules.MAX_ID_CHARS);

    private static final int REPLACEMENT = 0xfffd;

    private OutputText() {}

    /**
     * The text, at most its first {@link #MAX_LENGTH} characters without half a surrogate pair at
     * the cut; any other half is replaced by U+FFFD. Null stays null.
     */
    static String bounded(String text) {
        return bounded(text, MAX_LENGTH);
    }

    /** The same with another limit. */
    static String bounded(String text, int maxLength) {
        if (text == null) {
            return null;
        }
        return cut(text, maxLength)
                .codePoints()
                .map(OutputText::wellFormed)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String cut(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        boolean pair = Character.isHighSurrogate(text.charAt(maxLength - 1));
        return text.substring(0, pair ? maxLength - 1 : maxLength);
    }

    private static int wellFormed(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE ? REPLACEMENT : codePoint;
    }
}
