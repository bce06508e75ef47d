package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.SynthesisLoop;

/**
 * Ends requests: at once, or after a checkpoint that holds the end ({@link PendingEnds}).
 *
 * <p>Owns: the ends that wait. Lifecycle: made in {@code open}; {@code snapshotState} calls {@link
 * #seal}, {@code notifyCheckpointComplete} calls {@link #confirm}. For the task thread.
 */
final class RequestEnds {

    /** Ends that are written in one go: more would hold up the steps. */
    private static final int AT_ONCE = 1_000;

    private final RequestStore store;
    private final SynthesisLoop loop;
    private final AdmissionControl admission;
    private final RequestTimers timers;
    private final EarlyEvents early;
    private final RecordEmitter emitter;
    private final boolean checkpointed;
    private final PendingEnds pending = new PendingEnds();

    /**
     * @param checkpointed whether checkpoints are taken at all
     */
    RequestEnds(
            RequestStore store,
            SynthesisLoop loop,
            AdmissionControl admission,
            RequestTimers timers,
            EarlyEvents early,
            RecordEmitter emitter,
            boolean checkpointed) {
        this.store = store;
        this.loop = loop;
        this.admission = admission;
        this.timers = timers;
        this.early = early;
        this.emitter = emitter;
        this.checkpointed = checkpointed;
    }

    /** A restore found a request whose end is to be written. */
    void restored(String id) {
        pending.restored(id);
    }

    /** Whether a request takes no further event, although its end is not written yet. */
    boolean isClosed(String id) {
        return pending.isClosed(id);
    }

    /** An event of a request came: if it was about to expire, it does not. */
    void continued(SpeechRequest request) {
        pending.forget(request.id());
    }

    /** Number of requests whose end is due and not written. */
    int waiting() {
        return pending.size();
    }

    /** Ends a request over an event that cannot be served, which becomes a dead letter. */
    void refuse(SpeechRequest request, RequestEvent event, String error) {
        emitter.deadLetter(event, error);
        end(request, FinishReason.ERROR, error);
    }

    /** Ends a request, whether it runs, waits or has just come. */
    void end(SpeechRequest request, FinishReason reason, String error) {
        releaseSlot(request);
        finished(request, reason, error);
    }

    /** Ends a request that holds no slot. */
    void finished(SpeechRequest request, FinishReason reason, String error) {
        leave(request);
        emitter.end(request, reason, error);
        store.finish(request.id(), reason);
    }

    /** Ends a request whose time is up; one that expires may still be continued. */
    void timeUp(SpeechRequest request, FinishReason reason) {
        if (reason == FinishReason.EXPIRED && checkpointed) {
            pending.expires(request.id());
        } else {
            end(request, reason, null);
        }
    }

    /** Ends a request as overloaded, in mid-generation if need be. */
    void turnAway(SpeechRequest request, RequestEvent event) {
        releaseSlot(request);
        leave(request);
        request.endLater(FinishReason.OVERLOADED, event.piece().first() && event.piece().last());
        if (!checkpointed || pending.isFull()) {
            conclude(request);
            return;
        }
        store.save(request.snapshot());
        pending.turnedAway(request.id());
    }

    private void releaseSlot(SpeechRequest request) {
        if (loop.running(request.id()) != null) {
            loop.release(request);
        }
    }

    /** A request takes no more part in anything. */
    private void leave(SpeechRequest request) {
        admission.closed(request);
        timers.forget(request);
        pending.forget(request.id());
        early.add(-request.earlyEvents(), -request.earlyChars());
    }

    /** Puts the ends that have fallen due into the state, which is about to be written. */
    void seal(long checkpointId) {
        for (String id : pending.seal(checkpointId)) {
            SpeechRequest request = store.load(id);
            leave(request);
            request.endLater(FinishReason.EXPIRED, false);
            store.save(request.snapshot());
        }
    }

    /** A checkpoint has completed: the ends that it and earlier ones hold may be written. */
    void confirm(long checkpointId) {
        pending.confirm(checkpointId);
    }

    /** Whether an end may be written. */
    boolean hasConfirmed() {
        return pending.hasConfirmed();
    }

    /** Writes ends that a completed checkpoint holds; many take more than one call. */
    void writeConfirmed() {
        for (int i = 0; i < AT_ONCE && pending.hasConfirmed(); i++) {
            conclude(store.load(pending.nextConfirmed()));
        }
    }

    /** Writes all ends that wait, as nothing may be written after the end of the input. */
    void writeAll() {
        seal(Long.MAX_VALUE);
        confirm(Long.MAX_VALUE);
        while (pending.hasConfirmed()) {
            writeConfirmed();
        }
    }

    /** Writes the end of a request that was to end later. */
    private void conclude(SpeechRequest request) {
        emitter.end(request, request.ending(), null);
        if (request.textComplete()) {
            // Nothing more of it is on its way: its id is not worth its memory under an overload.
            store.forget(request.id());
        } else {
            store.finish(request.id(), request.ending());
        }
    }
}
