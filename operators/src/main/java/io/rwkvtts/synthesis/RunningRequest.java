package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.protocol.SegmentGeneration;

/**
 * A request for as long as it holds a slot: the slot, the segment that is generated in it, and when
 * things happened. Mutable; owned by the {@link SynthesisLoop}.
 */
public final class RunningRequest {
    private final SpeechRequest request;
    private final int slot;
    private final RequestClock clock;
    private ActiveSegment active;

    /**
     * @param sinceNanos when its wait for the slot began, by {@code loop}
     */
    RunningRequest(SpeechRequest request, int slot, LoopClock loop, long sinceNanos) {
        this.request = request;
        this.slot = slot;
        this.clock = new RequestClock(loop, sinceNanos);
    }

    /** What of it remains when it leaves the slot. */
    public SpeechRequest request() {
        return request;
    }

    int slot() {
        return slot;
    }

    RequestClock clock() {
        return clock;
    }

    /** The segment in the slot; null before the first. */
    ActiveSegment active() {
        return active;
    }

    /** Begins a segment, the text of which ends at {@code end} of the request's. */
    void begin(ActiveSegment segment, int end) {
        active = segment;
        request.advance(request.progress().segmentBegun(end));
    }

    /** Continues the segment that a restore found running. */
    void resume(ActiveSegment segment) {
        active = segment;
    }

    /** Closes the segment, which has ended. */
    void completeSegment() {
        SegmentGeneration generation = active.generation;
        request.advance(
                request.progress().segmentCompleted(generation.globals(), generation.cutOff()));
    }

    /** Whether enough tokens are there for the next record. */
    boolean chunkDue() {
        ChunkPlan chunks = request.terms().chunks();
        return active.generation.semanticCount() >= chunks.nextBorder(active.emitted());
    }

    /**
     * The request as it stands between two steps.
     *
     * @param state the bits of its slot, null to have them computed again
     */
    RequestSnapshot snapshot(EngineModel model, byte[] state) {
        return request.snapshot(active.snapshot(model, state));
    }
}
