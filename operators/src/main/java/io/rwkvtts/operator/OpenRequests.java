package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestException;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.SynthesisLoop;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings requests in, by their events or by a restore, and looks after those that are open: each is
 * in keyed state unless it holds a slot, waits for one if it can use it, and is looked at when its
 * time is up.
 *
 * <p>Owns: what is remembered of ids. Lifecycle: made in {@code open}, which calls {@link
 * #restore}; {@code processElement} calls {@link #take}. For the task thread.
 */
final class OpenRequests {
    private static final Logger LOG = LoggerFactory.getLogger(OpenRequests.class);

    private final RequestStore store;
    private final SynthesisLoop loop;
    private final AdmissionControl admission;
    private final RequestTimers timers;
    private final EarlyEvents early;
    private final RequestEnds ends;
    private final TermsPolicy policy;
    private final SynthesisMetrics metrics;
    private final ReusedIds reusedIds;

    OpenRequests(
            RequestStore store,
            SynthesisLoop loop,
            AdmissionControl admission,
            RequestTimers timers,
            EarlyEvents early,
            RequestEnds ends,
            TermsPolicy policy,
            SynthesisMetrics metrics) {
        this.store = store;
        this.loop = loop;
        this.admission = admission;
        this.timers = timers;
        this.early = early;
        this.ends = ends;
        this.policy = policy;
        this.metrics = metrics;
        reusedIds = new ReusedIds(timers::now, LOG::warn);
    }

    /**
     * Brings in what a restore found.
     *
     * @throws DamagedSnapshotException if the state is not what was written
     */
    void restore(RestoredModel model) throws IOException {
        int interrupted = 0;
        for (String id : store.ids()) {
            RequestSnapshot snapshot = store.restored(id);
            if (snapshot.ending() != null) {
                ends.restored(id);
                continue;
            }
            store.save(model.adapt(snapshot));
            SpeechRequest request = store.load(id);
            early.add(request.earlyEvents(), request.earlyChars());
            interrupted += request.isInterrupted() ? 1 : 0;
            admission.restored(request);
            if (!request.textComplete()) {
                // Its events may lie in Kafka since long before now; nobody could read them.
                request.awaitEventFrom(timers.now());
                store.save(request.snapshot());
            }
            timers.watch(request);
            if (decide(request)) {
                store.save(request.snapshot());
            }
            awaitSlot(request);
        }
        metrics.restored(interrupted);
    }

    /**
     * Takes in an event.
     *
     * @return whether it counts for its request; if not, the request has ended
     */
    boolean take(RequestEvent event) {
        String id = event.requestId();
        if (store.isFinished(id) || ends.isClosed(id)) {
            metrics.droppedFinished();
            reusedIds.dropped(event);
            return false;
        }
        SpeechRequest known = find(id);
        SpeechRequest request =
                known == null ? store.begin(id, admission.arrived(), event.timestampMs()) : known;
        if (event.rejection() != null) {
            ends.end(request, FinishReason.ERROR, event.rejection());
        } else if (event.cancel()) {
            ends.end(request, FinishReason.CANCELLED, null);
        } else if (isTurnedAway(request, event, known != null)) {
            // So that its end counts for the side of an experiment that it is on.
            decide(request);
            ends.turnAway(request, event);
        } else {
            accept(request, event);
            return true;
        }
        return false;
    }

    /** The unfinished request with this id, null if there is none. */
    private SpeechRequest find(String id) {
        SpeechRequest running = loop.running(id);
        return running != null ? running : store.load(id);
    }

    /** Whether there is no room for a new request, or for one whose tenant is known only now. */
    private boolean isTurnedAway(SpeechRequest request, RequestEvent event, boolean known) {
        boolean starts = event.piece().first() && !request.started();
        return (starts && !admission.hasRoomFor(event.attributes().tenantOrEmpty()))
                || (!known && (admission.turnsAway() || policy.turnsAway()));
    }

    private void accept(SpeechRequest request, RequestEvent event) {
        int events = request.earlyEvents();
        int chars = request.earlyChars();
        RequestText.Outcome outcome;
        try {
            outcome = request.accept(event.piece(), event.attributes(), timers.now());
        } catch (RequestException e) {
            ends.refuse(request, event, e.getMessage());
            return;
        }
        if (outcome == RequestText.Outcome.DROPPED) {
            metrics.droppedDuplicate();
            reusedIds.dropped(event);
            return;
        }
        early.add(request.earlyEvents() - events, request.earlyChars() - chars);
        if (outcome == RequestText.Outcome.HELD && early.exceedBound()) {
            metrics.droppedEarly();
            ends.turnAway(request, event);
            return;
        }
        reusedIds.accepted(event);
        if (event.piece().first()) {
            admission.started(request);
        }
        decide(request);
        ends.continued(request);
        timers.watch(request);
        if (loop.running(request.id()) == null) {
            keepWaiting(request, event);
        }
    }

    /** Of a request that holds no slot, to which an event has just been added. */
    private void keepWaiting(SpeechRequest request, RequestEvent event) {
        store.save(request.snapshot());
        if (awaitSlot(request)) {
            return;
        }
        if (request.textComplete() && request.segment() > 0) {
            ends.end(request, request.outcome(), null);
        } else if (request.textComplete()) {
            ends.refuse(
                    request, event, "the text holds nothing that sounds: no letter and no digit");
        }
    }

    /**
     * Lets a request wait for a slot, once its terms are decided.
     *
     * @return whether it can use one
     */
    private boolean awaitSlot(SpeechRequest request) {
        boolean usable = loop.canUseSlot(request);
        if (usable && request.terms() != null) {
            admission.awaitSlot(request);
        }
        return usable;
    }

    /**
     * Decides the terms of a request if they are not yet and can be.
     *
     * @return whether they were decided by this
     */
    private boolean decide(SpeechRequest request) {
        if (request.terms() != null) {
            return false;
        }
        RequestTerms terms = policy.decide(request.id(), request.timestampMs(), timers.now());
        if (terms != null) {
            request.agree(terms);
        }
        admission.terms(request);
        return terms != null;
    }

    /** More is known of what terms depend on: decides those that wait for it. */
    void decideTerms() {
        for (String id : admission.awaitingTerms()) {
            SpeechRequest request = store.load(id);
            if (decide(request)) {
                store.save(request.snapshot());
                awaitSlot(request);
            }
        }
    }

    /** All text of a request so far is generated, and it has left its slot. */
    void parked(SpeechRequest request) {
        request.awaitEventFrom(timers.now());
        store.save(request.snapshot());
    }

    /** Ends the requests whose time is up. */
    void endDue() {
        for (String id = timers.nextDue(); id != null; id = timers.nextDue()) {
            SpeechRequest request = find(id);
            // One whose terms are not decided waits for the job, not for its sender.
            boolean busy =
                    loop.running(id) != null
                            || admission.awaitsSlot(id)
                            || admission.awaitsTerms(id);
            FinishReason reason = timers.judge(request, busy);
            if (reason != null) {
                ends.timeUp(request, reason);
            }
        }
    }
}
