package io.rwkvtts.text;

/**
 * The text of a request as far as it is known, read by code points. What follows the known part
 * reads as {@link #UNKNOWN} until the text is complete.
 *
 * <p>Whoever decides by what {@link #at} yields, and decides nothing once it has yielded {@code
 * UNKNOWN}, decides the same however the text arrives.
 */
final class KnownText {

    /** What may stand here is not known yet. */
    static final int UNKNOWN = -1;

    /** The text ends here. */
    static final int END = -2;

    private final CharSequence text;
    private final boolean complete;

    KnownText(CharSequence text, boolean complete) {
        this.text = text;
        this.complete = complete;
    }

    /** The code point at {@code index}, {@link #UNKNOWN} or {@link #END}. */
    int at(int index) {
        if (index >= text.length()) {
            return complete ? END : UNKNOWN;
        }
        boolean halfPair =
                index + 1 == text.length() && Character.isHighSurrogate(text.charAt(index));
        return halfPair && !complete ? UNKNOWN : Character.codePointAt(text, index);
    }

    /** The code point in front of {@code index}. */
    int before(int index) {
        return Character.codePointBefore(text, index);
    }

    /** The first index from {@code from} on that has no blank. */
    int skipBlanks(int from) {
        int at = from;
        while (at < text.length() && Marks.blank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Line breaks in the blanks from {@code from} to {@code to}. */
    int lineBreaks(int from, int to) {
        int count = 0;
        for (int at = from; at < to; at++) {
            count += Marks.lineBreaks(at > from ? text.charAt(at - 1) : 0, text.charAt(at));
        }
        return count;
    }

    /** The least index down to {@code from} with nothing but blanks between it and {@code to}. */
    int trimBlanks(int from, int to) {
        int at = to;
        while (at > from && Marks.blank(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }
}
