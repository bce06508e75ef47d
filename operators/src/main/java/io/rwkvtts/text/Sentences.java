package io.rwkvtts.text;

/**
 * Where sentences end (spec 3.7): after their marks and the closing quotes, brackets and markup
 * that follow, judged by the words around.
 *
 * <p>All is read from a {@link KnownText}; nothing is decided by a character that is not known yet.
 */
final class Sentences {

    /** No sentence ends here. */
    static final int NONE = -1;

    /** The sentence continues, but could be cut here if it is too long. */
    static final int CONTINUES = -2;

    /** More text is needed to tell. */
    static final int UNDECIDED = -3;

    /** Most quotes and brackets that are looked past, in either direction. */
    private static final int MAX_QUOTES = 8;

    private static final int MAX_NOTE_DIGITS = 3;

    private final KnownText text;
    private final int start;
    private final Words words;

    /**
     * @param start index where the segment begins: nothing before it is looked at
     */
    Sentences(KnownText text, int start) {
        this.text = text;
        this.start = start;
        this.words = new Words(text, start);
    }

    /** Whether the last characters of a text are sentence marks, with closing quotes after them. */
    static boolean endsWithMark(CharSequence text) {
        int at = text.length();
        for (int quotes = 0; at > 0 && quotes <= MAX_QUOTES; quotes++) {
            int c = Character.codePointBefore(text, at);
            if (Marks.sentence(c)) {
                return true;
            }
            if (!Marks.closing(c) && !Marks.openingOrClosing(c)) {
                return false;
            }
            at -= Character.charCount(c);
        }
        return false;
    }

    /** Whether the character before {@code index} is a sentence mark. */
    boolean markBefore(int index) {
        if (index <= start) {
            return false;
        }
        int c = text.before(index);
        return Marks.sentence(c)
                || c == ';' && index - 1 > start && Marks.greek(text.before(index - 1));
    }

    /**
     * Where the sentence ends whose marks stand before {@code marksEnd}.
     *
     * @param marksEnd index of the first character after them, which is known and no mark itself
     * @return the index after the closing marks, at least {@code marksEnd}; or one of the constants
     */
    int endAfter(int marksEnd) {
        int marks = marksEnd;
        boolean strong = false;
        while (markBefore(marks)) {
            int c = text.before(marks);
            marks -= Character.charCount(c);
            strong |= strong(c, marks, marksEnd);
        }
        int end = closingEnd(marksEnd, strong);
        if (end == UNDECIDED || strong) {
            return end;
        }
        int next = text.at(end);
        if (next == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        if (Marks.sentence(next)) {
            return NONE;
        }
        if (next == KnownText.END || Marks.wide(next) && !Marks.digit(next)) {
            return end;
        }
        if (!Marks.blank(next)) {
            return NONE;
        }
        boolean singleDot = marksEnd - marks == 1 && text.at(marks) == '.';
        if (singleDot && words.abbreviationBefore(marks)) {
            return NONE;
        }
        return afterBlanks(end, singleDot ? marks : NONE);
    }

    private boolean strong(int c, int at, int marksEnd) {
        if (Marks.fullWidthStop(c)) {
            return !(Marks.digit(text.at(marksEnd)) && at > start && Marks.digit(text.before(at)));
        }
        return Marks.strongSentence(c) || c == ';';
    }

    /** The index after the closing quotes, brackets, markup and footnote marks at {@code from}. */
    private int closingEnd(int from, boolean strong) {
        int at = from;
        while (true) {
            int next = closingMarkEnd(at, strong);
            if (next == UNDECIDED || next == NONE) {
                return next == NONE ? at : UNDECIDED;
            }
            at = next;
        }
    }

    private int closingMarkEnd(int at, boolean strong) {
        int c = text.at(at);
        if (c == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        if (Marks.closing(c) || Marks.raisedDigit(c)) {
            return at + Character.charCount(c);
        }
        if (Marks.openingOrClosing(c)) {
            return closedAfter(at);
        }
        if (c == '[') {
            return footnoteEnd(at);
        }
        boolean blank = Marks.blank(c) && !Marks.lineBreak(c);
        return blank && !strong ? detachedEnd(at + 1) : NONE;
    }

    private int detachedEnd(int at) {
        int c = text.at(at);
        if (c == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        return Marks.detachedClosing(c) ? closedAfter(at) : NONE;
    }

    /** The index after the quotes at {@code from}, if they close: no word follows them. */
    private int closedAfter(int from) {
        int at = from;
        while (Marks.openingOrClosing(text.at(at)) || Marks.closing(text.at(at))) {
            at++;
        }
        int c = text.at(at);
        if (c == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        boolean closes =
                c == KnownText.END || Marks.blank(c) || Marks.sentence(c) || Marks.clause(c);
        return closes ? at : NONE;
    }

    /** The index after a number in square brackets. */
    private int footnoteEnd(int bracket) {
        int at = bracket + 1;
        while (Marks.digit(text.at(at)) && at - bracket <= MAX_NOTE_DIGITS) {
            at++;
        }
        if (text.at(at) == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        return at > bracket + 1 && text.at(at) == ']' ? at + 1 : NONE;
    }

    /**
     * Judges by what follows the blanks at {@code end}.
     *
     * @param dot index of the single dot that the sentence ends with; {@link #NONE} for other marks
     */
    private int afterBlanks(int end, int dot) {
        int next = text.skipBlanks(end);
        int lineBreaks = text.lineBreaks(end, next);
        if (lineBreaks > 1) {
            return end;
        }
        int at = next;
        for (int quotes = 0; quotes < MAX_QUOTES && Marks.opening(text.at(at)); quotes++) {
            at++;
        }
        if (lineBreaks == 0 && Marks.dash(text.at(at))) {
            at = text.skipBlanks(at + Character.charCount(text.at(at)));
        }
        int c = text.at(at);
        if (c == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        if (Marks.lowerCase(c)) {
            return CONTINUES;
        }
        if (at == next && (Marks.sentence(c) || Marks.clause(c))) {
            return NONE;
        }
        if (dot == NONE) {
            return end;
        }
        if (Marks.digit(c)) {
            return words.numberedBefore(dot) ? NONE : end;
        }
        return ordinal(end, dot, at);
    }

    private int ordinal(int end, int dot, int next) {
        if (words.listNumberBefore(dot) || words.ordinalBefore(dot)) {
            return NONE;
        }
        if (!words.shortNumberBefore(dot)) {
            return end;
        }
        return switch (words.monthAt(next)) {
            case YES -> NONE;
            case NO -> end;
            case UNKNOWN -> UNDECIDED;
        };
    }

    /**
     * Whether the line break at {@code index} ends the sentence before it.
     *
     * @param continues whether there are marks before it that end none
     * @return {@code index}, {@link #CONTINUES} or {@link #UNDECIDED}
     */
    int endAtLineBreak(int index, boolean continues) {
        int next = text.skipBlanks(index);
        if (text.lineBreaks(index, next) > 1) {
            return index;
        }
        int c = text.at(next);
        if (c == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        return continues || Marks.lowerCase(c) ? CONTINUES : index;
    }
}
