package io.rwkvtts.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterCategory;

/** What holds for every text, and small questions about one. */
public final class TextRules {

    private static final int EXCERPT_CHARS = 64;

    private TextRules() {}

    /**
     * The beginning of a text, short enough to be quoted in a message; {@code …} stands for the
     * rest. Does not cut a surrogate pair.
     */
    public static String excerpt(String text) {
        if (text.length() <= EXCERPT_CHARS) {
            return text;
        }
        boolean pair = Character.isHighSurrogate(text.charAt(EXCERPT_CHARS - 1));
        return text.substring(0, pair ? EXCERPT_CHARS - 1 : EXCERPT_CHARS) + "…";
    }

    /**
     * Index of the first half of a surrogate pair without its other half, −1 if there is none. Such
     * a text has no UTF-8 form (spec 2.2).
     *
     * <p>It holds for each event of a request by itself: a producer that cuts a text into events
     * must not cut inside a surrogate pair. (Avro strings are UTF-8, in which half a pair can't be
     * written; the halves would be lost before they could be joined.)
     */
    public static int loneSurrogate(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean pair =
                    Character.isHighSurrogate(c)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair) {
                return i;
            }
            i++;
        }
        return -1;
    }

    /**
     * Throws if the text has half a surrogate pair.
     *
     * @throws IllegalArgumentException naming the half and its index
     */
    public static void requireWellFormed(CharSequence text) {
        int index = loneSurrogate(text);
        if (index >= 0) {
            throw new IllegalArgumentException(
                    String.format(
                            "the text has half a surrogate pair, U+%04X, at index %d; a text, and"
                                    + " each piece of a streamed one, must be well-formed Unicode",
                            (int) text.charAt(index), index));
        }
    }

    /**
     * Whether the text has anything that sounds: a letter or a number of any script. Blanks, marks,
     * symbols and emoji alone are not generated ({@link Segmenter} leaves them out).
     */
    public static boolean speakable(CharSequence text) {
        return text.codePoints().anyMatch(TextRules::isSpoken);
    }

    static boolean isSpoken(int codePoint) {
        if (codePoint < 0x80) {
            int lower = codePoint | 0x20;
            return codePoint >= '0' && codePoint <= '9' || lower >= 'a' && lower <= 'z';
        }
        if (UCharacter.isLetterOrDigit(codePoint)) {
            return true;
        }
        int type = UCharacter.getType(codePoint);
        return type == ECharacterCategory.LETTER_NUMBER || type == ECharacterCategory.OTHER_NUMBER;
    }
}
