package io.rwkvtts.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts the text of a request into segments, each to be generated on its own (spec 3.7).
 *
 * <p>The text should be in its normal form ({@link NormalizedText}); any other is cut by the same
 * rules.
 *
 * <p><b>The cuts depend on the text alone</b>, never on the pieces in which it arrives: a segment
 * is given out as soon as no text that may follow could change it. The decision reads the text from
 * left to right and stops at the first character that is not known yet, so that a longer text can
 * only continue where a shorter one stopped.
 *
 * <p>The rules, lengths being in <em>units</em> of one Latin letter ({@link #WIDE_LETTER_UNITS} for
 * a Han, kana or Hangul character):
 *
 * <ol>
 *   <li>A segment ends at the first sentence end at which it has at least {@code minUnits}. So
 *       short sentences are joined with the next.
 *   <li>A sentence ends after Unicode's sentence terminals and the closing quotes, brackets, markup
 *       and footnote numbers that follow. After those that have no other use, such as an
 *       ideographic full stop or a danda, always. After {@code . ! ? …} only if a blank follows and
 *       then something that can begin a sentence: no lower-case letter, and after a dot no number
 *       that belongs to a short word. The dot of an abbreviation, an initial, an ordinal or a list
 *       number ends none.
 *   <li>A sentence also ends where a paragraph does, and at a single line break unless a lower-case
 *       letter follows: then it is a line that was wrapped.
 *   <li>If a segment grows beyond {@code maxUnits} before that, it ends where it has at most that
 *       many: at the last sentence end; if there is none, in its second half after the last mark
 *       that a lower-case letter follows, else after the last clause mark, else at the last blank;
 *       else anywhere, though never inside a surrogate pair, and not between a letter and its
 *       accents.
 *   <li>What is left at the end of the text is a segment, however short. (The family's C++ program
 *       appends a short rest to the segment before. That one would have to be held back until the
 *       text is complete, or is being generated already.)
 *   <li>What would be a segment but has no letter or number is left out.
 *   <li>Blanks around a segment are not part of it, and line breaks inside it are blanks ({@link
 *       LineBreaks}). Otherwise the text stays as it is: one short sentence yields just itself.
 * </ol>
 *
 * <p>Immutable; may be shared by threads.
 */
public final class Segmenter {

    /**
     * Default of the units below which a sentence is joined with the next: four or five words, five
     * Han characters.
     */
    public static final int DEFAULT_MIN_UNITS = 20;

    /**
     * Default of the most units of a segment: the length up to which users report good speech (spec
     * 3.6), a dozen seconds. The small demo voice reads well up to 60.
     */
    public static final int DEFAULT_MAX_UNITS = 200;

    /**
     * Units of a letter of the scripts of {@link Marks#wide}: it takes about as long to say as four
     * Latin letters do, and is a token of its own as they are.
     */
    public static final int WIDE_LETTER_UNITS = 4;

    private static final int LEAST_MAX_UNITS = 2 * WIDE_LETTER_UNITS;

    private final int minUnits;
    private final int maxUnits;

    /**
     * One segment.
     *
     * @param text what is to be generated: has a letter or number, no line break, no blanks around
     *     it
     * @param start index of its first character in the joined text
     * @param end index after its last character there, where the next segment is to be looked for
     */
    public record Segment(String text, int start, int end) {}

    /** With the default lengths. */
    public Segmenter() {
        this(DEFAULT_MIN_UNITS, DEFAULT_MAX_UNITS);
    }

    /**
     * With lengths fit for the model.
     *
     * @param minUnits shorter sentences are joined with the next; 0 to join none
     * @param maxUnits longer sentences are cut; at least 8 and at least {@code minUnits}
     * @throws IllegalArgumentException if the lengths are out of range
     */
    public Segmenter(int minUnits, int maxUnits) {
        if (minUnits < 0 || maxUnits < LEAST_MAX_UNITS || minUnits > maxUnits) {
            throw new IllegalArgumentException(
                    String.format(
                            "segments of %d to %d units: the least must be from 0 to the most, the"
                                    + " most at least %d",
                            minUnits, maxUnits, LEAST_MAX_UNITS));
        }
        this.minUnits = minUnits;
        this.maxUnits = maxUnits;
    }

    /**
     * The next segment, if it is certain. Text in front of {@code from} is not looked at: a caller
     * may have dropped it and count from there.
     *
     * @param joined the text so far, in order
     * @param from where to look: 0, or the {@link Segment#end} of the segment before
     * @param complete whether no text will follow
     * @return empty if there is none; then none will ever come if {@code complete}, else more text
     *     is needed to tell
     */
    public Optional<Segment> next(CharSequence joined, int from, boolean complete) {
        KnownText text = new KnownText(joined, complete);
        for (int start = from; ; ) {
            start = text.skipBlanks(start);
            if (text.at(start) == KnownText.END) {
                return Optional.empty();
            }
            int end = new SegmentScan(text, start, minUnits, maxUnits).end();
            if (end == SegmentScan.UNDECIDED) {
                return Optional.empty();
            }
            int trimmed = text.trimBlanks(start, end);
            CharSequence segment = joined.subSequence(start, trimmed);
            if (TextRules.speakable(segment)) {
                return Optional.of(new Segment(LineBreaks.toBlanks(segment), start, trimmed));
            }
            start = end;
        }
    }

    /** The segments of a whole text. */
    public List<String> split(String text) {
        List<String> segments = new ArrayList<>();
        int from = 0;
        for (Optional<Segment> segment = next(text, from, true);
                segment.isPresent();
                segment = next(text, from, true)) {
            segments.add(segment.get().text());
            from = segment.get().end();
        }
        return segments;
    }
}
