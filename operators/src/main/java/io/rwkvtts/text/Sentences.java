package io.rwkvtts.text;

import java.util.Locale;
import java.util.Set;

/**
 * Where sentences end. Only the character behind a place is looked at to tell; nothing further
 * ahead.
 */
final class Sentences {

    /** In lower case, without the last dot. Those with a dot inside need not be here. */
    private static final Set<String> ABBREVIATIONS =
            Set.of(
                    "mr", "mrs", "ms", "mx", "dr", "prof", "sr", "jr", "st", "mt", "rev", "hon",
                    "gen", "col", "capt", "lt", "sgt", "cmdr", "gov", "sen", "rep", "pres", "mme",
                    "mlle", "vs", "etc", "al", "cf", "ca", "approx", "dept", "univ", "est", "inc",
                    "ltd", "co", "corp", "bros", "fig", "vol", "ed", "eds", "pp", "nos", "ave",
                    "blvd", "rd", "jan", "feb", "apr", "aug", "sept", "oct", "nov", "dec");

    private Sentences() {}

    /**
     * Whether a sentence ends between {@code index} and the character in front of it. It does
     * behind marks and the closing quotes and brackets that follow them, if
     *
     * <ul>
     *   <li>one of the marks is a wide one, or
     *   <li>a blank or a wide character follows, and the mark is not the dot of an abbreviation. So
     *       a dot between digits or in an address ends none.
     * </ul>
     *
     * @param start where the text to be looked at begins
     * @param next the character at {@code index}
     */
    static boolean endsAt(KnownText text, int start, int index, int next) {
        if (Marks.sentence(next) || Marks.closing(next)) {
            return false;
        }
        int marksEnd = index;
        while (marksEnd > start && Marks.closing(text.before(marksEnd))) {
            marksEnd--;
        }
        int marks = marksEnd;
        boolean wide = false;
        while (marks > start && Marks.sentence(text.before(marks))) {
            marks--;
            wide |= Marks.wideSentence(text.at(marks));
        }
        if (marks == marksEnd) {
            return false;
        }
        if (wide) {
            return true;
        }
        boolean singleDot = marksEnd - marks == 1 && text.at(marks) == '.';
        return Marks.wide(next)
                || Marks.blank(next) && !(singleDot && abbreviation(text, start, marks));
    }

    /**
     * Whether the dot at {@code dot} ends a known abbreviation, an initial, or short parts with
     * dots between (e.g., U.S., Ph.D.).
     */
    private static boolean abbreviation(KnownText text, int start, int dot) {
        StringBuilder reversed = new StringBuilder();
        int longestPart = 0;
        int part = 0;
        int at = dot;
        while (at > start && inWord(text.before(at))) {
            int c = text.before(at);
            at -= Character.charCount(c);
            part = c == '.' ? 0 : part + 1;
            longestPart = Math.max(longestPart, part);
            reversed.appendCodePoint(c);
        }
        String word = reversed.reverse().toString();
        if (word.indexOf('.') >= 0) {
            return longestPart <= 2;
        }
        // "I" ends a sentence more often than it is someone's initial.
        boolean initial = word.length() == 1 && Character.isUpperCase(word.charAt(0));
        return initial && !word.equals("I")
                || ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT));
    }

    private static boolean inWord(int c) {
        return c == '.' || Character.isLetter(c) && !Marks.wide(c);
    }
}
