package io.rwkvtts.text;

/**
 * The seam between two texts that become one, such as the transcript of a recording and what is to
 * be generated after it (spec 3.4).
 */
public final class TextSeam {

    private TextSeam() {}

    /**
     * Both texts as one would write them one after the other: with a blank between, but none beside
     * a character of a script that is written without blanks. A text that begins in lower case is
     * taken to continue a word that {@code before} ends with, unless that ends with a blank.
     */
    public static String join(String before, String after) {
        String first = before.stripTrailing();
        String second = after.stripLeading();
        if (first.isEmpty() || second.isEmpty()) {
            return first + second;
        }
        int last = first.codePointBefore(first.length());
        int next = second.codePointAt(0);
        boolean blanks = first.length() < before.length() || second.length() < after.length();
        return first + (parted(last, next, blanks) ? " " : "") + second;
    }

    private static boolean parted(int last, int next, boolean blanks) {
        if (Marks.unspaced(last) || Marks.unspaced(next)) {
            return false;
        }
        boolean sameWord = TextRules.isSpoken(last) && Marks.lowerCase(next);
        return blanks || !sameWord && !Marks.sentence(next) && !Marks.clause(next);
    }
}
