package io.rwkvtts.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;

/**
 * The joiners U+200C and U+200D, which have no sound themselves but belong to the spelling of some
 * scripts. One is needed
 *
 * <ul>
 *   <li>beside a virama, in the scripts of India and their relatives;
 *   <li>U+200C between two letters that would else be joined, as Persian writes its affixes;
 *   <li>U+200D between two emoji that it makes one.
 * </ul>
 *
 * Anywhere else it is invisible. These are the contexts of RFC 5892 (appendix A.1 and A.2), and of
 * the emoji sequences of UTS 51.
 */
final class Joiners {

    private static final int NON_JOINER = 0x200C;
    private static final int JOINER = 0x200D;

    private static final int VIRAMA = 9;

    /** Most combining marks that are looked past. */
    private static final int MAX_MARKS = 32;

    private Joiners() {}

    static boolean is(int c) {
        return c == NON_JOINER || c == JOINER;
    }

    /**
     * Whether a joiner is kept.
     *
     * @param text what comes before {@code kept}
     * @param kept what comes before the joiner
     * @param following what follows it: marks, then at least the letter after them
     */
    static boolean needed(int joiner, CharSequence text, CharSequence kept, String following) {
        Backwards before = new Backwards(text, kept);
        int last = before.next();
        if (last == Backwards.END || is(last)) {
            return false;
        }
        boolean virama = false;
        for (int marks = 0; marks < MAX_MARKS && isMark(last); marks++) {
            virama |= UCharacter.getCombiningClass(last) == VIRAMA;
            last = before.next();
        }
        if (virama || viramaFollows(following)) {
            return true;
        }
        int next = baseOf(following);
        if (last == Backwards.END || next == Backwards.END) {
            return false;
        }
        return joiner == NON_JOINER
                ? joinsNext(last) && joinsPrevious(next)
                : emoji(emojiBase(last, before)) && emoji(next);
    }

    private static boolean viramaFollows(String following) {
        return following
                .codePoints()
                .limit(MAX_MARKS)
                .takeWhile(Joiners::isMark)
                .anyMatch(c -> UCharacter.getCombiningClass(c) == VIRAMA);
    }

    private static int baseOf(String following) {
        return following
                .codePoints()
                .limit(MAX_MARKS)
                .filter(c -> !isMark(c))
                .findFirst()
                .orElse(Backwards.END);
    }

    private static boolean isMark(int c) {
        return c >= 0 && UCharacter.getCombiningClass(c) != 0;
    }

    private static boolean joinsNext(int c) {
        int type = UCharacter.getIntPropertyValue(c, UProperty.JOINING_TYPE);
        return type == UCharacter.JoiningType.DUAL_JOINING
                || type == UCharacter.JoiningType.LEFT_JOINING;
    }

    private static boolean joinsPrevious(int c) {
        int type = UCharacter.getIntPropertyValue(c, UProperty.JOINING_TYPE);
        return type == UCharacter.JoiningType.DUAL_JOINING
                || type == UCharacter.JoiningType.RIGHT_JOINING;
    }

    private static int emojiBase(int last, Backwards before) {
        return UCharacter.hasBinaryProperty(last, UProperty.EMOJI_MODIFIER) ? before.next() : last;
    }

    private static boolean emoji(int c) {
        return c >= 0 && UCharacter.hasBinaryProperty(c, UProperty.EXTENDED_PICTOGRAPHIC);
    }

    /** The characters of two texts, from the end of the second. */
    private static final class Backwards {
        static final int END = -1;

        private final CharSequence first;
        private final CharSequence second;
        private int at;

        Backwards(CharSequence first, CharSequence second) {
            this.first = first;
            this.second = second;
            this.at = first.length() + second.length();
        }

        int next() {
            if (at == 0) {
                return END;
            }
            int c =
                    at > first.length()
                            ? Character.codePointBefore(second, at - first.length())
                            : Character.codePointBefore(first, at);
            at -= Character.charCount(c);
            return c;
        }
    }
}
