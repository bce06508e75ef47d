package io.rwkvtts.text;

import java.util.Locale;

/**
 * The words and numbers around a dot, which tell what it means: the end of a sentence, of an
 * abbreviation, of an ordinal or of the number of a list.
 */
final class Words {

    /** What is known of a word that may not be complete. */
    enum Answer {
        YES,
        NO,
        UNKNOWN
    }

    private static final int MAX_NUMBERED_WORD = 3;
    private static final int MAX_ORDINAL_DIGITS = 2;
    private static final int MAX_LIST_DIGITS = 3;

    private final KnownText text;
    private final int start;

    /**
     * @param start index where the segment begins: nothing before it is looked at
     */
    Words(KnownText text, int start) {
        this.text = text;
        this.start = start;
    }

    /**
     * Whether the dot at {@code dot} ends a known abbreviation, an initial, or short parts with
     * dots between (e.g., U.S., Ph.D.).
     */
    boolean abbreviationBefore(int dot) {
        String word = wordBefore(dot);
        int longestPart = 0;
        int part = 0;
        for (int i = 0; i < word.length(); i++) {
            part = word.charAt(i) == '.' ? 0 : part + 1;
            longestPart = Math.max(longestPart, part);
        }
        if (word.indexOf('.') >= 0) {
            return longestPart <= 2 && standsAlone(dot - word.length())
                    || Abbreviations.known(word.toLowerCase(Locale.ROOT));
        }
        return initial(word, dot - word.length())
                || Abbreviations.known(word.toLowerCase(Locale.ROOT));
    }

    /** A letter alone, or one that is doubled for the plural (EE. UU.). */
    private boolean initial(String word, int begin) {
        if (word.codePointCount(0, word.length()) == 1) {
            // "I" ends a sentence more often than it is someone's initial.
            return !word.equals("I") && standsAlone(begin);
        }
        return word.length() == 2
                && word.charAt(0) == word.charAt(1)
                && Marks.upperCase(word.charAt(0));
    }

    /** Not so the last letter of an address. */
    private boolean standsAlone(int begin) {
        if (begin <= start) {
            return true;
        }
        int c = text.before(begin);
        return Marks.blank(c) || Marks.opening(c) || Marks.dash(c);
    }

    /** Whether the word before the dot is one that a number follows (Sec. 4), or a day (3. 10.). */
    boolean numberedBefore(int dot) {
        String word = wordBefore(dot);
        return shortNumberBefore(dot)
                || !word.isEmpty()
                        && (word.length() <= MAX_NUMBERED_WORD
                                || Abbreviations.numbered(word.toLowerCase(Locale.ROOT)));
    }

    /** Whether the dot ends the number of a list: nothing else is before it in its line. */
    boolean listNumberBefore(int dot) {
        int begin = digitsBefore(dot);
        if (begin == dot) {
            begin = dot - wordBefore(dot).length();
            if (!romanNumber(begin, dot)) {
                return false;
            }
        }
        int line = text.trimBlanks(start, begin);
        return dot - begin <= MAX_LIST_DIGITS
                && (line == start || text.lineBreaks(line, begin) > 0);
    }

    /** Whether there is a number before the dot that can be an ordinal, as of a day. */
    boolean shortNumberBefore(int dot) {
        int begin = digitsBefore(dot);
        boolean wholeNumber =
                begin == start || text.before(begin) != '.' && text.before(begin) != ',';
        return begin < dot && dot - begin <= MAX_ORDINAL_DIGITS && wholeNumber;
    }

    /** Whether the word before that number shows that it is one (der 2. Weltkrieg). */
    boolean ordinalBefore(int dot) {
        if (!shortNumberBefore(dot)) {
            return false;
        }
        int number = digitsBefore(dot);
        int end = text.trimBlanks(start, number);
        String word = wordBefore(end).toLowerCase(Locale.ROOT);
        if (end == number || !Abbreviations.announcesOrdinal(word)) {
            return false;
        }
        // German "am 3. Tag", but English "I am 20. She".
        int before = text.trimBlanks(start, end - word.length());
        return !(word.equals("am") && wordBefore(before).equals("I"));
    }

    /** Whether the word at {@code index} is the name of a month. */
    Answer monthAt(int index) {
        StringBuilder word = new StringBuilder();
        int at = index;
        while (Marks.letter(text.at(at))) {
            word.appendCodePoint(text.at(at));
            at += Character.charCount(text.at(at));
        }
        String name = word.toString().toLowerCase(Locale.ROOT);
        if (text.at(at) == KnownText.UNKNOWN) {
            return Abbreviations.beginsMonth(name) ? Answer.UNKNOWN : Answer.NO;
        }
        return Abbreviations.month(name) ? Answer.YES : Answer.NO;
    }

    private boolean romanNumber(int from, int to) {
        for (int at = from; at < to; at++) {
            if ("IVXLC".indexOf(text.at(at)) < 0) {
                return false;
            }
        }
        return to > from;
    }

    private int digitsBefore(int end) {
        int at = end;
        while (at > start && Marks.digit(text.before(at))) {
            at -= Character.charCount(text.before(at));
        }
        return at;
    }

    /** The letters with their marks, with dots between, before {@code end}. */
    private String wordBefore(int end) {
        StringBuilder reversed = new StringBuilder();
        int at = end;
        while (at > start && inWord(text.before(at))) {
            int c = text.before(at);
            at -= Character.charCount(c);
            reversed.appendCodePoint(c);
        }
        return reversed.reverse().toString();
    }

    private static boolean inWord(int c) {
        return c == '.' || (Marks.letter(c) || Marks.combining(c)) && !Marks.wide(c);
    }
}
