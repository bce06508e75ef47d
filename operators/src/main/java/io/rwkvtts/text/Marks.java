package io.rwkvtts.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterCategory;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.lang.UScript;

/**
 * Classes of characters by which a text is normalised and cut (spec 3.7). They come from Unicode's
 * properties, of the version that ICU4J has, so that a text is cut the same on every JDK.
 *
 * <p>All take a code point; what is none is in no class.
 */
final class Marks {

    static final int ZERO_WIDTH_SPACE = 0x200B;

    /** Below this, answers that every character of a text asks for need no look-up. */
    private static final int ASCII_END = 0x80;

    private static final int FULL_WIDTH_STOP = 0xFF0E;

    /** The "little section", which Unicode has among the sentence terminals. */
    private static final int BURMESE_COMMA = 0x104A;

    /** A symbol by its properties, but as empty as any blank; chat programs keep it. */
    private static final int BRAILLE_BLANK = 0x2800;

    private static final int OBJECT_REPLACEMENT = 0xFFFC;

    /** Sentence marks that also stand inside words, numbers and names. */
    private static final String WEAK = ".!?…⋯\u2024\uFE52";

    private static final String MARKUP = "*_~`";

    private static final String CLAUSE = ",;:";
    private static final String WIDE_CLAUSE = "，、；：､—";

    private Marks() {}

    /** May end a sentence; {@link Sentences} knows. */
    static boolean sentence(int c) {
        if (c < ASCII_END) {
            return c == '.' || c == '!' || c == '?';
        }
        return UCharacter.hasBinaryProperty(c, UProperty.S_TERM) && c != BURMESE_COMMA
                || WEAK.indexOf(c) >= 0
                || tibetanShad(c);
    }

    /** Terminal punctuation, and the only one of its script. */
    private static boolean tibetanShad(int c) {
        return c >= 0x0F08 && c <= 0x0F12 && terminal(c);
    }

    /** A sentence mark that ends a sentence whatever stands around it. */
    static boolean strongSentence(int c) {
        return sentence(c) && WEAK.indexOf(c) < 0;
    }

    /** The full stop that is also a decimal point, and ends abbreviations and ordinals. */
    static boolean dot(int c) {
        return c == '.' || c == FULL_WIDTH_STOP;
    }

    /** Quotes and brackets that belong to the sentence whose mark is before them. */
    static boolean closing(int c) {
        if (c < ASCII_END) {
            return c == '"' || c == '\'' || c == ')' || c == ']' || c == '}';
        }
        int type = UCharacter.getType(c);
        return type == ECharacterCategory.END_PUNCTUATION
                || type == ECharacterCategory.FINAL_PUNCTUATION;
    }

    /** Quotes that open in one language and close in another, and Markdown's emphasis. */
    static boolean openingOrClosing(int c) {
        return c >= 0
                && (UCharacter.getType(c) == ECharacterCategory.INITIAL_PUNCTUATION
                        || MARKUP.indexOf(c) >= 0);
    }

    /** Quotes and brackets that may stand before the first word of a sentence. */
    static boolean opening(int c) {
        if (c < 0) {
            return false;
        }
        return UCharacter.getType(c) == ECharacterCategory.START_PUNCTUATION
                || openingOrClosing(c)
                || c == '"'
                || c == '\''
                || c == '»'
                || c == '¿'
                || c == '¡';
    }

    /** A quote that some languages part from the quoted words by a blank. */
    static boolean detachedClosing(int c) {
        return c == '»' || c == '›';
    }

    /**
     * The Japanese particles that follow what is quoted, and any Korean one, which is written
     * without a blank: they belong to the same sentence.
     */
    static boolean quotesBefore(int c) {
        return c == 'と' || c == 'っ' || letter(c) && UScript.getScript(c) == UScript.HANGUL;
    }

    static boolean dash(int c) {
        return c >= 0 && UCharacter.getType(c) == ECharacterCategory.DASH_PUNCTUATION;
    }

    /** A number of a footnote, raised. */
    static boolean raisedDigit(int c) {
        return c == 0xB9 || c == 0xB2 || c == 0xB3 || c == 0x2070 || c >= 0x2074 && c <= 0x2079;
    }

    static boolean digit(int c) {
        return c >= 0 && UCharacter.isDigit(c);
    }

    static boolean letter(int c) {
        return c >= 0 && UCharacter.isLetter(c);
    }

    /** Not so the letters of Georgian, which has no capitals at the begin of a sentence. */
    static boolean lowerCase(int c) {
        return c >= 0
                && UCharacter.getType(c) == ECharacterCategory.LOWERCASE_LETTER
                && UScript.getScript(c) != UScript.GEORGIAN;
    }

    static boolean upperCase(int c) {
        return c >= 0 && UCharacter.isUpperCase(c);
    }

    static boolean greek(int c) {
        return letter(c) && UScript.getScript(c) == UScript.GREEK;
    }

    /** Marks that end something less than a sentence. */
    static boolean clause(int c) {
        if (c < ASCII_END) {
            return CLAUSE.indexOf(c) >= 0;
        }
        return !sentence(c) && terminal(c);
    }

    private static boolean terminal(int c) {
        return UCharacter.hasBinaryProperty(c, UProperty.TERMINAL_PUNCTUATION);
    }

    /** Whether a clause ends between these two characters. */
    static boolean clauseEnds(int before, int after) {
        if (closing(after)) {
            return false;
        }
        return WIDE_CLAUSE.indexOf(before) >= 0 || clause(before) && (blank(after) || wide(after));
    }

    /** Blanks of any kind, line breaks among them. All are single chars. */
    static boolean blank(int c) {
        if (c < ASCII_END) {
            return c == ' ' || c >= '\t' && c <= '\r' || c >= 0x1C && c <= 0x1F;
        }
        return UCharacter.isUWhiteSpace(c) || c == BRAILLE_BLANK;
    }

    /** The mandatory line breaks of Unicode (UAX 14: BK, CR, LF, NL). */
    static boolean lineBreak(int c) {
        return c >= '\n' && c <= '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /**
     * Line breaks that a blank adds to a run of them: none for the LF of a CR LF, two for the end
     * of a page or paragraph.
     *
     * @param before the blank before it in the run
     */
    static int lineBreaks(int before, int c) {
        if (!lineBreak(c) || before == '\r' && c == '\n') {
            return 0;
        }
        return c == '\f' || c == 0x2029 ? 2 : 1;
    }

    /**
     * Whether it has neither sound nor shape: controls, format characters, variation selectors,
     * fillers, tags. Joiners and blanks are for others to judge.
     */
    static boolean silent(int c) {
        if (c >= ' ' && c < 0x7F) {
            return false;
        }
        int type = UCharacter.getType(c);
        return type == ECharacterCategory.CONTROL
                || type == ECharacterCategory.FORMAT
                || c == OBJECT_REPLACEMENT
                || UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
                || UCharacter.hasBinaryProperty(c, UProperty.NONCHARACTER_CODE_POINT);
    }

    /**
     * Characters of the East Asian scripts, their marks and full-width forms: a sentence that ends
     * there needs no blank after it. Blocks from the CJK radicals on.
     */
    static boolean wide(int c) {
        return c >= 0x2E80 && c <= 0xA4CF
                || c >= 0xAC00 && c <= 0xD7A3
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0xFE30 && c <= 0xFE4F
                || c >= 0xFF00 && c <= 0xFFEF
                || c >= 0x20000 && c <= 0x3FFFF;
    }

    /** Those of them between which no blank is written: Korean parts its words. */
    static boolean unspaced(int c) {
        return wide(c) && UScript.getScript(c) != UScript.HANGUL;
    }

    /** Accents and vowel signs: they belong to the letter before them. */
    static boolean combining(int c) {
        int type = c < 0 ? 0 : UCharacter.getType(c);
        return type == ECharacterCategory.NON_SPACING_MARK
                || type == ECharacterCategory.ENCLOSING_MARK
                || type == ECharacterCategory.COMBINING_SPACING_MARK;
    }

    /** Whether the two make one character: accents, vowel signs, skin tones, joined emoji. */
    static boolean composed(int before, int after) {
        return combining(after)
                || after >= 0x1F3FB && after <= 0x1F3FF
                || Joiners.is(after)
                || Joiners.is(before);
    }
}
