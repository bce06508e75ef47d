package io.rwkvtts.synthesis;

import io.rwkvtts.text.NormalizedText;
import java.util.List;
import java.util.TreeMap;

/**
 * Joins the text events of one request in the order of their sequence numbers, whatever order they
 * arrive in, and brings the joined text into its normal form ({@link NormalizedText}). A later
 * event is held until the gap before it closes; an earlier one is a duplicate.
 *
 * <p>Not thread-safe. Its size is bounded: the characters of all events together never exceed the
 * limit it was made with, nor are more than {@link #MAX_HELD} events held.
 */
public final class RequestText {

    /** Most events that are held for a gap to close. */
    public static final int MAX_HELD = 1_000;

    /** What became of an event. */
    public enum Outcome {
        /** Its text, and maybe that of held ones after it, was appended. */
        APPENDED,
        /** It came too early and is held. */
        HELD,
        /** Its sequence number was there before, or comes after the last event. */
        DROPPED
    }

    private final NormalizedText joined;
    private final TreeMap<Long, TextPiece> held = new TreeMap<>();
    private final int maxChars;

    /** Of the joined events, as they were sent. */
    private int joinedChars;

    private int heldChars;
    private long nextSequence;
    private boolean complete;

    /**
     * @param maxChars most characters (UTF-16 units) of all events together
     */
    public RequestText(int maxChars) {
        this(maxChars, new NormalizedText());
    }

    private RequestText(int maxChars, NormalizedText joined) {
        this.maxChars = maxChars;
        this.joined = joined;
    }

    /** A text as {@link #snapshot} found it. */
    public static RequestText restore(int maxChars, Snapshot snapshot) {
        RequestText text =
                new RequestText(
                        maxChars, NormalizedText.restore(snapshot.joined(), snapshot.pending()));
        text.joinedChars = snapshot.joinedChars();
        text.nextSequence = snapshot.nextSequence();
        text.complete = snapshot.complete();
        snapshot.held()
                .forEach(
                        piece -> {
                            text.held.put(piece.sequence(), piece);
                            text.heldChars += piece.text().length();
                        });
        return text;
    }

    /**
     * Takes in one event.
     *
     * @throws RequestException if the request's text grows beyond its limit; nothing has changed
     *     then
     */
    public Outcome accept(TextPiece piece) {
        long sequence = piece.sequence();
        if (complete || sequence < nextSequence || held.containsKey(sequence)) {
            return Outcome.DROPPED;
        }
        if ((long) joinedChars + heldChars + piece.text().length() > maxChars) {
            throw new RequestException(
                    "the text of all events together has more than " + maxChars + " characters");
        }
        if (sequence > nextSequence) {
            if (held.size() == MAX_HELD) {
                throw new RequestException(
                        MAX_HELD
                                + " events wait for event "
                                + nextSequence
                                + ", which has not come");
            }
            held.put(sequence, piece);
            heldChars += piece.text().length();
            return Outcome.HELD;
        }
        append(piece);
        while (!complete && !held.isEmpty() && held.firstKey() == nextSequence) {
            TextPiece next = held.pollFirstEntry().getValue();
            heldChars -= next.text().length();
            append(next);
        }
        return Outcome.APPENDED;
    }

    private void append(TextPiece piece) {
        joined.append(piece.text());
        joinedChars += piece.text().length();
        nextSequence++;
        complete = piece.last();
        if (complete) {
            joined.complete();
            held.clear();
            heldChars = 0;
        }
    }

    /** The normal form of the text so far, without what a later event could change; a live view. */
    public CharSequence joined() {
        return joined.text();
    }

    /** Events that are held. */
    int heldEvents() {
        return held.size();
    }

    /** Characters of the events that are held. */
    int heldChars() {
        return heldChars;
    }

    /** Whether the event marked {@code last} and all before it are here. */
    public boolean complete() {
        return complete;
    }

    /** Whether event 0 is here. */
    public boolean started() {
        return nextSequence > 0;
    }

    /** Immutable copy. */
    public Snapshot snapshot() {
        return new Snapshot(
                joined.text().toString(),
                joined.pending(),
                joinedChars,
                nextSequence,
                complete,
                List.copyOf(held.values()));
    }

    /**
     * Immutable copy of a request's text.
     *
     * @param joined the text so far; in its normal form, unless an older release wrote it
     * @param pending the end of the joined events, as it was sent, whose normal form is not certain
     * @param joinedChars characters (UTF-16 units) of the joined events
     * @param nextSequence sequence number of the event that is due
     * @param complete whether the last event is in
     * @param held early events in the order of their sequence numbers
     */
    public record Snapshot(
            String joined,
            String pending,
            int joinedChars,
            long nextSequence,
            boolean complete,
            List<TextPiece> held) {}
}
