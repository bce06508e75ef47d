package io.rwkvtts.text;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Optional;

/**
 * The segments of a text that arrives in pieces, with their places in the text as it was given: for
 * who wants to see how a request's text is normalised and cut. Not thread-safe.
 */
public final class SegmentStream {

    /**
     * A segment and its place.
     *
     * @param text the segment, as it is tokenised
     * @param start code points of the given text before it
     * @param end code points of the given text up to its end
     */
    public record Placed(String text, int start, int end) {}

    private final Segmenter segmenter;
    private final NormalizedText text = new NormalizedText(this::append);

    /** Code points of the given text before and up to the end of each char of the normal form. */
    private int[] starts = new int[1 << 8];

    private int[] ends = new int[1 << 8];
    private int length;
    private int given;

    private int from;
    private boolean complete;

    /**
     * @param segmenter by which the text is cut
     */
    public SegmentStream(Segmenter segmenter) {
        this.segmenter = requireNonNull(segmenter, "segmenter");
    }

    /** Takes in the next piece, which must not end within a surrogate pair. */
    public void append(CharSequence piece) {
        text.append(piece);
    }

    /** Ends the text. */
    public void complete() {
        text.complete();
        complete = true;
    }

    /** The next segment, if it is certain. */
    public Optional<Placed> next() {
        Optional<Segmenter.Segment> next = segmenter.next(text.text(), from, complete);
        next.ifPresent(segment -> from = segment.end());
        return next.map(s -> new Placed(s.text(), starts[s.start()], ends[s.end() - 1]));
    }

    private void append(int sourceLength, int normalizedLength) {
        int needed = length + normalizedLength;
        if (needed > starts.length) {
            starts = Arrays.copyOf(starts, Math.max(needed, 2 * starts.length));
            ends = Arrays.copyOf(ends, starts.length);
        }
        Arrays.fill(starts, length, needed, given);
        given += sourceLength;
        Arrays.fill(ends, length, needed, given);
        length = needed;
    }
}
