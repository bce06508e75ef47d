package io.rwkvtts.synthesis;

import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.scheduling.Ticket;

/**
 * One request's way from text events to audio tokens: what has come in, how much of it is
 * generated, what has gone out. What it has only while it holds a slot is in {@link
 * RunningRequest}.
 *
 * <p>Owns the text and the progress. Mutable, for one thread. {@link #snapshot} yields all of it as
 * an immutable value and {@link #restore} continues from there.
 */
public final class SpeechRequest {
    private final RequestIdentity identity;
    private RequestTerms terms;
    private RequestText text;
    private RequestAttributes attributes = RequestAttributes.NONE;
    private long idleSinceMs;
    private SpeechProgress progress = SpeechProgress.START;
    private FinishReason ending;

    /** A segment in mid-generation that waits for a slot; null if there is none. */
    private SegmentSnapshot interrupted;

    /**
     * @param id id of the request
     * @param arrival number of its arrival in the job
     * @param timestampMs timestamp of its first record, epoch milliseconds
     * @param maxChars most characters of its text
     * @param terms what its records depend on, to its end; null if that is not decided yet
     */
    public SpeechRequest(
            String id, long arrival, long timestampMs, int maxChars, RequestTerms terms) {
        this(new RequestIdentity(id, arrival, timestampMs), new RequestText(maxChars), terms);
    }

    private SpeechRequest(RequestIdentity identity, RequestText text, RequestTerms terms) {
        this.identity = identity;
        this.text = text;
        this.terms = terms;
    }

    /**
     * The request as {@code snapshot} found it; a running segment waits for a slot to continue in.
     *
     * @param terms for a snapshot that has none; null to leave them undecided
     */
    public static SpeechRequest restore(
            RequestSnapshot snapshot, int maxChars, RequestTerms terms) {
        SpeechRequest request =
                new SpeechRequest(
                        snapshot.identity(),
                        RequestText.restore(maxChars, snapshot.text()),
                        snapshot.terms() == null ? terms : snapshot.terms());
        request.idleSinceMs = snapshot.idleSinceMs();
        request.attributes = snapshot.attributes();
        request.progress = snapshot.progress();
        request.ending = snapshot.ending();
        request.interrupted = snapshot.active();
        return request;
    }

    /** The request as it stands; of one that holds a slot the loop takes the snapshot. */
    public RequestSnapshot snapshot() {
        return snapshot(interrupted);
    }

    /** The request as it stands, in the middle of {@code segment}. */
    RequestSnapshot snapshot(SegmentSnapshot segment) {
        return new RequestSnapshot(
                identity,
                idleSinceMs,
                attributes,
                text.snapshot(),
                progress,
                terms,
                ending,
                segment);
    }

    /**
     * Takes in a text event.
     *
     * @param event attributes that came with the piece; they count with the first one only
     * @param nowMs processing time, epoch milliseconds
     * @throws RequestException if the request grows beyond its limits
     */
    public RequestText.Outcome accept(TextPiece piece, RequestAttributes event, long nowMs) {
        RequestText.Outcome outcome = text.accept(piece);
        if (outcome != RequestText.Outcome.DROPPED) {
            idleSinceMs = nowMs;
            if (piece.first()) {
                attributes = event;
            }
        }
        return outcome;
    }

    /** The text so far, in its normal form; a live view. */
    CharSequence text() {
        return text.joined();
    }

    /** How much of its speech is generated. */
    SpeechProgress progress() {
        return progress;
    }

    void advance(SpeechProgress next) {
        progress = next;
    }

    /** What its records depend on beside its events and the model; null if not decided yet. */
    public RequestTerms terms() {
        return terms;
    }

    /**
     * Decides what its records depend on.
     *
     * @throws IllegalStateException if that is decided already
     */
    public void agree(RequestTerms decided) {
        if (terms != null) {
            throw new IllegalStateException("the terms of request " + id() + " are decided");
        }
        terms = decided;
    }

    /** Whether a restore found it in mid-generation, and it waits for a slot to continue. */
    public boolean isInterrupted() {
        return interrupted != null;
    }

    /** Hands the segment that it is in the middle of to its slot, null if there is none. */
    SegmentSnapshot takeInterrupted() {
        SegmentSnapshot segment = interrupted;
        interrupted = null;
        return segment;
    }

    /**
     * Begins its wait for the next event again, as after a restore or the end of its text so far.
     */
    public void awaitEventFrom(long nowMs) {
        idleSinceMs = nowMs;
    }

    /**
     * Its place in the queue, once its terms are decided.
     *
     * @param sinceNanos when its wait began, by a {@link NanoClock}
     */
    public Ticket ticket(long sinceNanos) {
        return new Ticket(
                id(),
                isInterrupted() || segment() > 0,
                attributes.priorityLoweredBy(terms.lowered()),
                deadlineMs(),
                tenant(),
                arrival(),
                sinceNanos);
    }

    public String id() {
        return identity.id();
    }

    /** Number of its arrival in the job. */
    public long arrival() {
        return identity.arrival();
    }

    /** Timestamp of the request's first record, epoch milliseconds. */
    public long timestampMs() {
        return identity.timestampMs();
    }

    public RequestAttributes attributes() {
        return attributes;
    }

    /** Whom the request belongs to, empty for nobody in particular. */
    public String tenant() {
        return attributes.tenantOrEmpty();
    }

    /** Whether its first event is in, so that its attributes are known. */
    public boolean started() {
        return text.started();
    }

    /** When the latest event was taken in, epoch milliseconds. */
    public long idleSinceMs() {
        return idleSinceMs;
    }

    /** Epoch milliseconds at which the request ends, {@link Long#MAX_VALUE} for never. */
    public long deadlineMs() {
        return RequestRules.deadlineMs(attributes, timestampMs());
    }

    /** Events that are held because an earlier one has not come. */
    public int earlyEvents() {
        return text.heldEvents();
    }

    /** Characters (UTF-16 units) of their text. */
    public int earlyChars() {
        return text.heldChars();
    }

    /** Whether all of the text is in. */
    public boolean textComplete() {
        return text.complete();
    }

    /** Number of the running or next segment, from 0. */
    public int segment() {
        return progress.segment();
    }

    /** Sequence number of the next output record. */
    public long sequence() {
        return progress.sequence();
    }

    /** Semantic tokens emitted before the next record. */
    public long tokenOffset() {
        return progress.tokenOffset();
    }

    /**
     * The request has ended, but its end is still to be emitted: keeps nothing but what that needs.
     *
     * @param reason why
     * @param nothingFollows whether all of its events have come
     */
    public void endLater(FinishReason reason, boolean nothingFollows) {
        ending = reason;
        attributes = RequestAttributes.NONE;
        text = new RequestText(0);
        progress = progress.withoutVoice();
        interrupted = null;
        if (nothingFollows) {
            text.accept(TextPiece.whole(""));
        }
    }

    /** How it ended, if its end is still to be emitted, else null. */
    public FinishReason ending() {
        return ending;
    }

    /** How the request ends when all its segments are generated. */
    public FinishReason outcome() {
        return progress.lengthReached() ? FinishReason.LENGTH : FinishReason.STOP;
    }
}
