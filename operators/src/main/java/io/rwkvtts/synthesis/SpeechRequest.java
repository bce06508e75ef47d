package io.rwkvtts.synthesis;

import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.scheduling.Ticket;
import io.rwkvtts.text.Segmenter;
import java.util.Optional;

/**
 * One request's way from text events to audio tokens: what has come in, which segment is generated,
 * what has gone out.
 *
 * <p>Owns the text and the progress; the {@link SynthesisLoop} owns the slot. Mutable, for one
 * thread. Between two steps {@link #snapshot} yields all of it as an immutable value and {@link
 * #restore} continues from there.
 */
public final class SpeechRequest {
    private final String id;
    private final long arrival;
    private final long timestampMs;
    private final ChunkPlan chunks;
    private RequestText text;
    private RequestAttributes attributes = RequestAttributes.NONE;
    private long idleSinceMs;
    private int segment;
    private int textPosition;
    private long sequence;
    private long tokenOffset;
    private int[] globalTokens;
    private boolean lengthReached;
    private FinishReason ending;
    private SegmentSnapshot interrupted;
    private ActiveSegment active;
    private RequestClock clock;

    /**
     * @param id id of the request
     * @param arrival number of its arrival in the job
     * @param timestampMs timestamp of its first record, epoch milliseconds
     * @param maxChars most characters of its text
     * @param chunks how its tokens are cut into records, to its end
     */
    public SpeechRequest(
            String id, long arrival, long timestampMs, int maxChars, ChunkPlan chunks) {
        this(id, arrival, timestampMs, new RequestText(maxChars), chunks);
    }

    private SpeechRequest(
            String id, long arrival, long timestampMs, RequestText text, ChunkPlan chunks) {
        this.id = id;
        this.arrival = arrival;
        this.timestampMs = timestampMs;
        this.chunks = chunks;
        this.text = text;
    }

    /**
     * The request as {@code snapshot} found it; a running segment waits for a slot to continue in.
     *
     * @param chunks for a snapshot that does not know how its tokens are cut
     */
    public static SpeechRequest restore(RequestSnapshot snapshot, int maxChars, ChunkPlan chunks) {
        SpeechRequest request =
                new SpeechRequest(
                        snapshot.id(),
                        snapshot.arrival(),
                        snapshot.timestampMs(),
                        RequestText.restore(maxChars, snapshot.text()),
                        snapshot.chunks() == null ? chunks : snapshot.chunks());
        request.idleSinceMs = snapshot.idleSinceMs();
        request.attributes = snapshot.attributes();
        request.segment = snapshot.segment();
        request.textPosition = snapshot.textPosition();
        request.sequence = snapshot.sequence();
        request.tokenOffset = snapshot.tokenOffset();
        request.globalTokens = snapshot.globalTokens();
        request.lengthReached = snapshot.lengthReached();
        request.ending = snapshot.ending();
        request.interrupted = snapshot.active();
        return request;
    }

    /**
     * The request as it stands.
     *
     * @param running the segment it generates with the bits of its slot; null to keep what an
     *     earlier snapshot held
     */
    RequestSnapshot snapshot(SegmentSnapshot running) {
        return new RequestSnapshot(
                id,
                arrival,
                timestampMs,
                idleSinceMs,
                attributes,
                text.snapshot(),
                segment,
                textPosition,
                sequence,
                tokenOffset,
                globalTokens,
                lengthReached,
                chunks,
                ending,
                running);
    }

    /** A request that holds no slot, as it stands. */
    public RequestSnapshot snapshot() {
        if (active != null) {
            throw new IllegalStateException(
                    "request " + id + " holds a slot: the loop takes its snapshot");
        }
        return snapshot(interrupted);
    }

    /**
     * Takes in a text event.
     *
     * @param nowMs processing time, epoch milliseconds
     * @throws RequestException if the request grows beyond its limits
     */
    public RequestText.Outcome accept(
            long eventSequence,
            String piece,
            boolean last,
            RequestAttributes eventAttributes,
            long nowMs) {
        RequestText.Outcome outcome = text.accept(eventSequence, piece, last);
        if (outcome != RequestText.Outcome.DROPPED) {
            idleSinceMs = nowMs;
            if (eventSequence == 0) {
                attributes = eventAttributes;
            }
        }
        return outcome;
    }

    /**
     * Whether the request can use a slot now: a segment to continue, or the next one is certain.
     */
    public boolean ready(Segmenter segmenter) {
        return interrupted != null || nextSegment(segmenter).isPresent();
    }

    Optional<Segmenter.Segment> nextSegment(Segmenter segmenter) {
        return segmenter.next(text.joined(), textPosition, text.complete());
    }

    /** Begins the next segment; the one after it begins at {@code end} of the joined text. */
    void begin(ActiveSegment started, int end) {
        active = started;
        textPosition = end;
    }

    /** Continues the segment that a restore found running. */
    void resume(ActiveSegment restored) {
        active = restored;
        interrupted = null;
    }

    /** Closes the segment that has just ended. */
    void completeSegment() {
        SegmentGeneration generation = active.generation;
        globalTokens = generation.globals();
        lengthReached |= generation.cutOff();
        segment++;
        active = null;
    }

    void leaveSlot() {
        active = null;
    }

    void advance(int tokens) {
        sequence++;
        tokenOffset += tokens;
    }

    ActiveSegment active() {
        return active;
    }

    /** How its tokens are cut into records. */
    ChunkPlan chunks() {
        return chunks;
    }

    /** Whether a restore found it in mid-generation, and it waits for a slot to continue. */
    public boolean isInterrupted() {
        return interrupted != null;
    }

    SegmentSnapshot interrupted() {
        return interrupted;
    }

    void startClock(NanoClock nanos, long acceptedAt) {
        clock = new RequestClock(nanos, acceptedAt);
    }

    RequestClock clock() {
        return clock;
    }

    /**
     * Begins its wait for the next event again, as after a restore or the end of its text so far.
     */
    public void awaitEventFrom(long nowMs) {
        idleSinceMs = nowMs;
    }

    /**
     * Its place in the queue.
     *
     * @param sinceNanos when its wait began, by a {@link NanoClock}
     */
    public Ticket ticket(long sinceNanos) {
        return new Ticket(
                id,
                interrupted != null || segment > 0,
                attributes.priority() == null ? 0 : attributes.priority(),
                deadlineMs(),
                tenant(),
                arrival,
                sinceNanos);
    }

    public String id() {
        return id;
    }

    /** Number of its arrival in the job. */
    public long arrival() {
        return arrival;
    }

    public RequestAttributes attributes() {
        return attributes;
    }

    /** Whom the request belongs to, empty for nobody in particular. */
    public String tenant() {
        return RequestRules.tenant(attributes);
    }

    /** Whether its first event is in, so that its attributes are known. */
    public boolean started() {
        return text.started();
    }

    /** Timestamp of the request's first record, epoch milliseconds. */
    public long timestampMs() {
        return timestampMs;
    }

    /** When the latest event was taken in, epoch milliseconds. */
    public long idleSinceMs() {
        return idleSinceMs;
    }

    /** Epoch milliseconds at which the request ends, {@link Long#MAX_VALUE} for never. */
    public long deadlineMs() {
        return RequestRules.deadlineMs(attributes, timestampMs);
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
        return segment;
    }

    /** Sequence number of the next output record. */
    public long sequence() {
        return sequence;
    }

    /** Semantic tokens put out before the next record. */
    public long tokenOffset() {
        return tokenOffset;
    }

    /** The 32 global tokens of the request's voice, null until they are known. */
    public int[] globalTokens() {
        return globalTokens;
    }

    /**
     * The request has ended, but its end is still to be put out: keeps nothing but what that needs.
     *
     * @param reason why
     * @param nothingFollows whether all of its events have come
     */
    public void endLater(FinishReason reason, boolean nothingFollows) {
        ending = reason;
        attributes = RequestAttributes.NONE;
        text = new RequestText(0);
        globalTokens = null;
        interrupted = null;
        if (nothingFollows) {
            text.accept(0, "", true);
        }
    }

    /** How it ended, if its end is still to be put out, else null. */
    public FinishReason ending() {
        return ending;
    }

    /** How the request ends when all its segments are generated. */
    public FinishReason outcome() {
        return lengthReached ? FinishReason.LENGTH : FinishReason.STOP;
    }
}
