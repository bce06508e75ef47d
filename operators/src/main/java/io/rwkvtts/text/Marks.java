package io.rwkvtts.text;

/** Classes of characters by which a text is cut (spec 3.7). */
final class Marks {

    private static final String SENTENCE = ".!?…";
    private static final String WIDE_SENTENCE = "。！？｡";
    private static final String CLOSING = "\"'”’»)]}）］｝」』】〉》〕";
    private static final String CLAUSE = ",;:";
    private static final String WIDE_CLAUSE = "，、；：､—";
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private Marks() {}

    /** May end a sentence; {@link Sentences} knows. */
    static boolean sentence(int c) {
        return SENTENCE.indexOf(c) >= 0 || wideSentence(c);
    }

    /** Ends a sentence whatever stands around it. */
    static boolean wideSentence(int c) {
        return WIDE_SENTENCE.indexOf(c) >= 0;
    }

    /** Quotes and brackets that belong to the sentence whose mark is in front of them. */
    static boolean closing(int c) {
        return CLOSING.indexOf(c) >= 0;
    }

    /** Whether a clause ends between these two characters. */
    static boolean clauseEnds(int before, int after) {
        if (closing(after)) {
            return false;
        }
        return WIDE_CLAUSE.indexOf(before) >= 0
                || CLAUSE.indexOf(before) >= 0 && (blank(after) || wide(after));
    }

    /** Blanks of any kind, line breaks among them. All are single chars. */
    static boolean blank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || lineBreak(c);
    }

    /** The mandatory line breaks of Unicode (UAX 14: BK, CR, LF, NL). */
    static boolean lineBreak(int c) {
        return c >= '\n' && c <= '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /**
     * Characters of the East Asian scripts, their marks and full-width forms: between them no blank
     * is written, nor behind a sentence. Blocks from the CJK radicals on.
     */
    static boolean wide(int c) {
        return c >= 0x2E80 && c <= 0xA4CF
                || c >= 0xAC00 && c <= 0xD7A3
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0xFE30 && c <= 0xFE4F
                || c >= 0xFF00 && c <= 0xFFEF
                || c >= 0x20000 && c <= 0x3FFFF;
    }

    /** Whether the two make one character: accents, vowel signs, skin tones, joined emoji. */
    static boolean composed(int before, int after) {
        int type = Character.getType(after);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || after >= 0x1F3FB && after <= 0x1F3FF
                || after == ZERO_WIDTH_JOINER
                || before == ZERO_WIDTH_JOINER;
    }
}
