package io.rwkvtts.text;

/**
 * One walk along the text from the start of a segment to its end, by the rules of {@link
 * Segmenter}. It stops where the next decision needs text that is not known yet.
 */
final class SegmentScan {

    /** More text is needed to tell the end. */
    static final int UNDECIDED = -1;

    private final KnownText text;
    private final int start;
    private final int minUnits;
    private final int maxUnits;
    private final Sentences sentences;

    private int units;
    private boolean speakable;

    /** What was found for the last marks, and where they end. */
    private int afterMarks = Sentences.NONE;

    private int marksEnd;

    /** The last places, so far, where the segment can be cut; {@code start} if there is none. */
    private int sentenceEnd;

    private int interruption;
    private int clauseEnd;
    private int blank;

    /**
     * @param start index of the segment's first character, which is known and not blank
     */
    SegmentScan(KnownText text, int start, int minUnits, int maxUnits) {
        this.text = text;
        this.start = start;
        this.minUnits = minUnits;
        this.maxUnits = maxUnits;
        this.sentences = new Sentences(text, start);
        this.marksEnd = start;
        this.sentenceEnd = start;
        this.interruption = start;
        this.clauseEnd = start;
        this.blank = start;
    }

    /** Index after the segment, above its start; or {@link #UNDECIDED}. */
    int end() {
        for (int at = start; ; ) {
            int c = text.at(at);
            if (c == KnownText.UNKNOWN) {
                return UNDECIDED;
            }
            if (c == KnownText.END) {
                return at;
            }
            if (at > start) {
                int place = judge(at, c);
                if (place == Sentences.UNDECIDED) {
                    return UNDECIDED;
                }
                if (place == at && endsHere(at)) {
                    return at;
                }
                notePlace(at, c, place);
            }
            units += units(c);
            if (units > maxUnits) {
                return cut(at);
            }
            speakable |= TextRules.isSpoken(c);
            at += Character.charCount(c);
        }
    }

    private static int units(int c) {
        return Marks.wide(c) && Marks.letter(c) ? Segmenter.WIDE_LETTER_UNITS : 1;
    }

    /**
     * Whether a sentence ends between {@code at} and the character before it.
     *
     * @param c the character at {@code at}
     * @return {@code at} if it does; else one of the constants of {@link Sentences}
     */
    private int judge(int at, int c) {
        if (sentences.markBefore(at) && !Marks.sentence(c)) {
            afterMarks = sentences.endAfter(at);
            marksEnd = at;
        }
        if (afterMarks == Sentences.UNDECIDED || afterMarks == at) {
            return afterMarks;
        }
        if (Marks.lineBreak(c)) {
            boolean continues =
                    afterMarks < 0 && marksEnd > start && text.trimBlanks(start, at) == marksEnd;
            return sentences.endAtLineBreak(at, continues);
        }
        return at == marksEnd ? afterMarks : Sentences.NONE;
    }

    private boolean endsHere(int at) {
        sentenceEnd = at;
        return units >= minUnits || !speakable;
    }

    private void notePlace(int at, int c, int place) {
        if (2 * units < maxUnits) {
            return;
        }
        if (place == Sentences.CONTINUES) {
            interruption = at;
        }
        if (Marks.clauseEnds(text.before(at), c)) {
            clauseEnd = at;
        }
        if (Marks.blank(c)) {
            blank = at;
        }
    }

    /** The best place to cut a segment that the character at {@code at} makes too long. */
    private int cut(int at) {
        if (sentenceEnd > start) {
            return sentenceEnd;
        }
        if (interruption > start) {
            return interruption;
        }
        if (clauseEnd > start) {
            return clauseEnd;
        }
        return blank > start ? blank : betweenCharacters(at);
    }

    /** The last place up to {@code at} that is not inside a composed character. */
    private int betweenCharacters(int at) {
        int place = at;
        while (place > start && Marks.composed(text.before(place), text.at(place))) {
            place -= Character.charCount(text.before(place));
        }
        return place > start ? place : at;
    }
}
