package io.rwkvtts.text;

import static java.util.Objects.requireNonNull;

import com.ibm.icu.text.Normalizer2;

/**
 * The text of a request in its normal form (spec 3.7), while it arrives in pieces. Texts that sound
 * the same and differ only in what can't be heard have the same normal form, and so the same
 * tokens:
 *
 * <ul>
 *   <li>Characters without sound or shape are left out: controls, format characters, variation
 *       selectors and other default ignorable code points. A joiner stays where its script needs it
 *       ({@link Joiners}).
 *   <li>Each run of blanks is one U+0020. With one line break in it, it is one line feed instead;
 *       with more, or a page or paragraph separator, it is two: a paragraph ends there.
 *   <li>The rest is in NFC. Full-width forms stay as they are.
 * </ul>
 *
 * <p><b>It is a function of the joined text alone</b>, never of the pieces. What the next piece
 * could still change is held back as {@link #pending}: a run of blanks, or a letter that an accent
 * may follow. Each character is looked at once.
 *
 * <p>Not thread-safe.
 */
public final class NormalizedText {

    /** Called for each part of the text as it becomes certain, in order, without gaps. */
    @FunctionalInterface
    interface Spans {
        /**
         * @param sourceLength code points of the text as it was given
         * @param normalizedLength UTF-16 units that they became; 0 if they are left out
         */
        void accept(int sourceLength, int normalizedLength);
    }

    private static final Normalizer2 NFC = Normalizer2.getNFCInstance();

    /** No character is known to follow. */
    private static final int NONE = -1;

    /** Below this, every character is in NFC by itself. */
    private static final int FIRST_MARK = 0x300;

    /**
     * Most characters that are normalised as one, more than any language writes: the limit of UAX
     * 15's stream-safe form, so that a text of nothing but accents costs no more than another.
     */
    private static final int MAX_UNIT = 32;

    private final StringBuilder text = new StringBuilder();
    private final Spans spans;

    /** What is not certain yet, as it was given: one unit, to be normalised as a whole. */
    private final StringBuilder pending = new StringBuilder();

    private final StringBuilder kept = new StringBuilder();

    /** Up to where {@link #pending} has been looked at, and what was seen there. */
    private int scanned;

    private int keptInUnit;
    private final BlankRun blanks = new BlankRun();

    /** An empty text. */
    public NormalizedText() {
        this((sourceLength, normalizedLength) -> {});
    }

    NormalizedText(Spans spans) {
        this.spans = requireNonNull(spans, "spans");
    }

    /**
     * A text as it was left.
     *
     * @param text of {@link #text}; need not be in the normal form, and stays as it is
     * @param pending of {@link #pending}
     */
    public static NormalizedText restore(String text, String pending) {
        NormalizedText restored = new NormalizedText();
        restored.text.append(text);
        restored.append(pending);
        return restored;
    }

    /** The normal form of a whole text. */
    public static String of(CharSequence whole) {
        NormalizedText normalized = new NormalizedText();
        normalized.append(whole);
        normalized.complete();
        return normalized.text.toString();
    }

    /** Takes in the next piece, which must not end within a surrogate pair. */
    public void append(CharSequence piece) {
        pending.append(piece);
        int unit = 0;
        while (scanned < pending.length()) {
            int c = Character.codePointAt(pending, scanned);
            int next = scanned + Character.charCount(c);
            boolean blank = isBlank(c);
            boolean keep = !blank && !Marks.silent(c) && !Joiners.is(c);
            if (blank && !blanks.begun() || keep && beginsUnit(c)) {
                emit(unit, scanned, blank ? NONE : c);
                unit = scanned;
            }
            scanned = next;
            if (blank) {
                blanks.add(c);
            } else if (keep) {
                keptInUnit++;
            }
            if (blanks.isParagraph() || keep && NFC.hasBoundaryAfter(c)) {
                emit(unit, scanned, NONE);
                unit = scanned;
            }
        }
        pending.delete(0, unit);
        scanned -= unit;
    }

    /** Ends the text: nothing is pending then. */
    public void complete() {
        emit(0, pending.length(), NONE);
        pending.setLength(0);
        scanned = 0;
    }

    private boolean beginsUnit(int c) {
        return blanks.begun() || NFC.hasBoundaryBefore(c) || keptInUnit == MAX_UNIT;
    }

    /** A zero-width space parts words as a blank does only where a sentence can end. */
    private boolean isBlank(int c) {
        if (c == Marks.ZERO_WIDTH_SPACE) {
            return keptInUnit == 0 && !blanks.begun() && Sentences.endsWithMark(text);
        }
        return Marks.blank(c);
    }

    /**
     * Makes a part of {@link #pending} certain.
     *
     * @param next the character that follows, which is kept; {@link #NONE} for a blank, the end, or
     *     if it does not matter
     */
    private void emit(int from, int to, int next) {
        int before = text.length();
        if (blanks.begun()) {
            blanks.appendTo(text);
        } else if (keptInUnit == 1 && to - from == 1 && pending.charAt(from) < FIRST_MARK) {
            text.append(pending.charAt(from));
        } else if (to > from) {
            appendKept(from, to, next);
        }
        blanks.clear();
        keptInUnit = 0;
        if (to > from) {
            spans.accept(Character.codePointCount(pending, from, to), text.length() - before);
        }
    }

    private void appendKept(int from, int to, int next) {
        String unit = withoutSilent(from, to);
        kept.setLength(0);
        for (int at = 0; at < unit.length(); ) {
            int c = unit.codePointAt(at);
            at += Character.charCount(c);
            if (!Joiners.is(c) || Joiners.needed(c, text, kept, following(unit, at, next))) {
                kept.appendCodePoint(c);
            }
        }
        text.append(NFC.isNormalized(kept) ? kept : NFC.normalize(kept));
    }

    /** Of each run of joiners the first one of each kind is left, however long it is. */
    private String withoutSilent(int from, int to) {
        StringBuilder unit = new StringBuilder();
        int joiners = 0;
        for (int at = from; at < to; ) {
            int c = Character.codePointAt(pending, at);
            at += Character.charCount(c);
            if (Joiners.is(c)) {
                if (unit.indexOf(Character.toString(c), unit.length() - joiners) < 0) {
                    unit.appendCodePoint(c);
                    joiners++;
                }
            } else if (!Marks.silent(c)) {
                unit.appendCodePoint(c);
                joiners = 0;
            }
        }
        return unit.toString();
    }

    private static String following(String unit, int from, int next) {
        StringBuilder following = new StringBuilder();
        unit.substring(from)
                .codePoints()
                .filter(c -> !Joiners.is(c))
                .forEach(following::appendCodePoint);
        if (next != NONE) {
            following.appendCodePoint(next);
        }
        return following.toString();
    }

    /** The normal form of what is certain; a live view. */
    public CharSequence text() {
        return text;
    }

    /** What was given last and is not in {@link #text} yet, as it was given. */
    public String pending() {
        return pending.toString();
    }
}
