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
    private static final int MAX_TAG_LETTERS = 10;

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
        return Marks.sentence(c) || c == ';' && isGreekBefore(index - 1);
    }

    /** Whether the text is Greek, in which a semicolon asks: by its first letter, or a word. */
    private boolean isGreekBefore(int index) {
        int first = start;
        while (first < index && !Marks.letter(text.at(first))) {
            first += Character.charCount(text.at(first));
        }
        return first < index && Marks.greek(text.at(first))
                || index - 1 > start
                        && Marks.greek(text.before(index))
                        && Marks.greek(text.before(index - 1));
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
            strong |= Marks.strongSentence(c) || c == ';';
        }
        boolean singleDot = marksEnd - marks == 1 && Marks.dot(text.at(marks));
        if (singleDot && insideNumberOrName(marks, marksEnd)) {
            return NONE;
        }
        int end = closingEnd(marksEnd, strong);
        if (end == UNDECIDED) {
            return UNDECIDED;
        }
        int next = text.at(end);
        if (next == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        if (Marks.sentence(next) || end > marksEnd && Marks.quotesBefore(next)) {
            return NONE;
        }
        if (strong || next == KnownText.END || Marks.wide(next)) {
            return end;
        }
        return Marks.blank(next) ? afterBlanks(end, singleDot ? marks : NONE) : NONE;
    }

    private boolean insideNumberOrName(int dot, int next) {
        boolean decimal =
                dot > start && Marks.digit(text.before(dot)) && Marks.digit(text.at(next));
        return decimal || words.abbreviationBefore(dot) || words.listNumberBefore(dot);
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
        if (c == '<') {
            return tagEnd(at);
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

    /** The index after a closing tag of HTML. */
    private int tagEnd(int bracket) {
        int at = bracket + 1;
        if (text.at(at) == '/') {
            at++;
            while (Marks.letter(text.at(at)) && at - bracket <= MAX_TAG_LETTERS) {
                at++;
            }
        }
        if (text.at(at) == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        return at > bracket + 2 && text.at(at) == '>' ? at + 1 : NONE;
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
            return afterLowerCase(end, text.at(at + Character.charCount(c)));
        }
        if (at == next && (Marks.sentence(c) || Marks.clause(c))) {
            return NONE;
        }
        if (dot == NONE) {
            return end;
        }
        if (Marks.digit(c)) {
            return lineBreaks == 0 && words.numberedBefore(dot) ? NONE : end;
        }
        return ordinal(end, dot, at);
    }

    /** A name such as iPhone begins a sentence as it is written. */
    private static int afterLowerCase(int end, int next) {
        if (next == KnownText.UNKNOWN) {
            return UNDECIDED;
        }
        return Marks.upperCase(next) ? end : CONTINUES;
    }

    private int ordinal(int end, int dot, int next) {
        if (words.ordinalBefore(dot)) {
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
