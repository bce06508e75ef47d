package io.rwkvtts.text;

/**
 * One walk along the text from the start of a segment to its end, by the rules of {@link
 * Segmenter}. Each place is decided on when the character behind it is read, and nothing further
 * ahead is looked at.
 */
final class SegmentScan {

    /** More text is needed to tell the end. */
    static final int UNDECIDED = -1;

    private final KnownText text;
    private final int start;
    private final int minUnits;
    private final int maxUnits;

    private int units;
    private boolean speakable;

    /** The last places, so far, where the segment can be cut; {@code start} if there is none. */
    private int sentenceEnd;

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
        this.sentenceEnd = start;
        this.clauseEnd = start;
        this.blank = start;
    }

    /** Index behind the segment, above its start; or {@link #UNDECIDED}. */
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
                if (endsHere(at, c)) {
                    return at;
                }
                notePlace(at, c);
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
        return Marks.wide(c) && Character.isLetter(c) ? Segmenter.WIDE_LETTER_UNITS : 1;
    }

    /** Whether the segment ends between {@code at} and the character in front, {@code c} behind. */
    private boolean endsHere(int at, int c) {
        if (!Marks.lineBreak(c) && !Sentences.endsAt(text, start, at, c)) {
            return false;
        }
        sentenceEnd = at;
        return units >= minUnits || !speakable;
    }

    private void notePlace(int at, int c) {
        boolean secondHalf = 2 * units >= maxUnits;
        if (secondHalf && Marks.clauseEnds(text.before(at), c)) {
            clauseEnd = at;
        }
        if (secondHalf && Marks.blank(c)) {
            blank = at;
        }
    }

    /** The best place to cut a segment that the character at {@code at} makes too long. */
    private int cut(int at) {
        if (sentenceEnd > start) {
            return sentenceEnd;
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
