package io.rwkvtts.operator;

import io.rwkvtts.operator.QueueSettings.WhenFull;
import io.rwkvtts.scheduling.Admission;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.scheduling.TenantLimits;
import io.rwkvtts.scheduling.Ticket;
import io.rwkvtts.synthesis.RunningRequest;
import io.rwkvtts.synthesis.SpeechRequest;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/**
 * The requests that are open and hold no slot: how many there may be, in all and of a tenant, what
 * happens to the next one, and which of them gets the next slot. Those that a restore found in
 * mid-generation continue at the next step: they count as running, as far as there are slots.
 *
 * <p>In {@link WhenFull#BACKPRESSURE} input is held while the queue is full. What requests wait for
 * that need more text comes after the hold: when they alone fill the queue, input is taken in, and
 * new requests are turned away. So no more than capacity + slots + 1 requests are ever open, but
 * for those of a restore.
 *
 * <p>Owns: the queue for a slot, the numbers of arrivals and of open requests, and the timer after
 * which tenants that are held back may begin again. Lifecycle: made in {@code open}. For the task
 * thread.
 */
final class AdmissionControl {
    private static final long NEVER = Long.MAX_VALUE;

    private final Admission admission;
    private int capacity;
    private WhenFull whenFull;
    private final Collection<RunningRequest> running;
    private final int slots;
    private final ProcessingTimeService clock;
    private final NanoClock nanos;
    private final Runnable wake;
    private int tenantCapacity;
    private final Map<String, Integer> openByTenant = new HashMap<>();

    /** Tenants of the requests, by id, that were in mid-generation and wait for their slot. */
    private final Map<String, String> interrupted = new HashMap<>();

    /** Ids of requests whose terms are not decided. */
    private final Set<String> awaitingTerms = new LinkedHashSet<>();

    private long arrivals;
    private int open;
    private ScheduledFuture<?> retry;
    private long retryMs = NEVER;

    /**
     * @param running the requests that hold a slot, a live view
     * @param slots requests that may hold a slot at once
     * @param wake called when held requests may begin again
     */
    AdmissionControl(
            QueueSettings settings,
            Collection<RunningRequest> running,
            int slots,
            ProcessingTimeService clock,
            NanoClock nanos,
            Runnable wake) {
        this.admission = settings.admission();
        this.running = running;
        this.slots = slots;
        this.clock = clock;
        this.nanos = nanos;
        this.wake = wake;
        take(settings);
    }

    /** Sets other limits. They count for what comes, and for the next slot that is free. */
    void limit(QueueSettings settings) {
        take(settings);
        admission.limit(settings.tenants());
    }

    private void take(QueueSettings settings) {
        capacity = settings.capacity();
        whenFull = settings.whenFull();
        tenantCapacity = settings.tenants().queueCapacity();
    }

    /** A new request has come: the number of its arrival. */
    long arrived() {
        open++;
        return arrivals++;
    }

    /** A request is there again; those that come are numbered after it. */
    void restored(SpeechRequest request) {
        open++;
        if (request.started()) {
            started(request);
        }
        if (request.isInterrupted()) {
            interrupted.put(request.id(), request.tenant());
        }
        arrivals = Math.max(arrivals, request.arrival() + 1);
    }

    /** The first event of a request is in: from now on it counts for its tenant. */
    void started(SpeechRequest request) {
        openByTenant.merge(request.tenant(), 1, Integer::sum);
    }

    /** A request has ended, whether it ran, waited or had just come. */
    void closed(SpeechRequest request) {
        open--;
        if (request.started()) {
            openByTenant.computeIfPresent(request.tenant(), (t, n) -> n == 1 ? null : n - 1);
        }
        interrupted.remove(request.id());
        awaitingTerms.remove(request.id());
        admission.remove(request.id());
    }

    /** Whether the request that arrived latest is one too many, and is to end at once. */
    boolean turnsAway() {
        return whenFull == WhenFull.REJECT ? isFull() : awaitingText() > capacity;
    }

    /** Whether nothing more is to be taken in for now; steps will change that. */
    boolean holdsInput() {
        return whenFull == WhenFull.BACKPRESSURE && isFull() && awaitingText() < capacity;
    }

    private boolean isFull() {
        return open - running.size() - continuing(interrupted.size()) > capacity;
    }

    /** That many of the interrupted requests get a slot at the next step. */
    private int continuing(int interruptedRequests) {
        return Math.min(interruptedRequests, slots - running.size());
    }

    /** Open requests that neither run nor wait for a slot or for their terms. */
    private int awaitingText() {
        return open - running.size() - admission.waiting() - awaitingTerms.size();
    }

    /**
     * Whether a tenant may have another request that holds no slot. This does not wait: what one
     * tenant has too much must not hold up the others.
     */
    boolean hasRoomFor(String tenant) {
        if (tenantCapacity == TenantLimits.UNLIMITED) {
            return true;
        }
        long active = running.stream().filter(r -> r.request().tenant().equals(tenant)).count();
        int continuing = continuing(Collections.frequency(interrupted.values(), tenant));
        return openByTenant.getOrDefault(tenant, 0) - active - continuing < tenantCapacity;
    }

    /** Notes whether the terms of a request are decided: before, it cannot wait for a slot. */
    void terms(SpeechRequest request) {
        if (request.terms() == null) {
            awaitingTerms.add(request.id());
        } else {
            awaitingTerms.remove(request.id());
        }
    }

    /** Whether the terms of a request are not decided. */
    boolean awaitsTerms(String id) {
        return awaitingTerms.contains(id);
    }

    /** Requests whose terms are not decided, in the order of their arrival. */
    List<String> awaitingTerms() {
        return List.copyOf(awaitingTerms);
    }

    /** Number of requests whose terms are not decided. */
    int undecided() {
        return awaitingTerms.size();
    }

    /** Lets a request wait for a slot; does nothing if it waits already. */
    void awaitSlot(SpeechRequest request) {
        admission.add(request.ticket(nanos.nanoTime()));
    }

    /** Whether a request waits for a slot. */
    boolean awaitsSlot(String id) {
        return admission.waits(id);
    }

    /** Takes out the request that gets the next slot, null if none may have it now. */
    Ticket next() {
        Ticket next = admission.next(nanos.nanoTime());
        if (next != null) {
            interrupted.remove(next.id());
        } else if (admission.held()) {
            awaitRetry();
        }
        return next;
    }

    private void awaitRetry() {
        long delayMs = TimeUnit.NANOSECONDS.toMillis(admission.retryNanos()) + 1;
        long atMs = clock.getCurrentProcessingTime() + delayMs;
        if (atMs < retryMs) {
            if (retry != null) {
                retry.cancel(false);
            }
            retryMs = atMs;
            retry = clock.registerTimer(atMs, time -> retry());
        }
    }

    private void retry() {
        retry = null;
        retryMs = NEVER;
        admission.retry();
        wake.run();
    }

    /** Whether a request waits for a slot that might have it now. */
    boolean hasNext() {
        return admission.waiting() > 0 && !admission.held();
    }

    /** Requests that wait for a slot. */
    int waiting() {
        return admission.waiting();
    }

    /** Requests that are not finished: running, waiting for a slot or for more text. */
    int open() {
        return open;
    }
}
