package io.rwkvtts.operator;

import io.rwkvtts.operator.SynthesisSettings.WhenFull;
import io.rwkvtts.synthesis.Admission;
import io.rwkvtts.synthesis.RequestQueue.Ticket;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.TenantLimits;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/**
 * The requests that are open and hold no slot: how many there may be, in all and of a tenant, what
 * happens to the next one, and which of them gets the next slot.
 *
 * <p>Owns: the queue for a slot, the numbers of arrivals and of open requests, and the timer after
 * which tenants that are held back may begin again. Lifecycle: made in {@code open}. For the task
 * thread.
 */
final class WaitingRoom {
    private final Admission admission;
    private final int capacity;
    private final WhenFull whenFull;
    private final Collection<SpeechRequest> running;
    private final MailboxExecutor mailbox;
    private final BooleanSupplier takesInput;
    private final ProcessingTimeService clock;
    private final Runnable wake;
    private final int tenantCapacity;
    private final Map<String, Integer> openByTenant = new HashMap<>();
    private long arrivals;
    private int open;
    private boolean retryAwaited;

    /**
     * @param running the requests that hold a slot, a live view
     * @param mailbox for the mails of the whole task; those of checkpoints have the least priority
     * @param takesInput whether the task runs; while it is restored it has to take in all that was
     *     on its way to it
     * @param wake called when held requests may begin again
     */
    WaitingRoom(
            SynthesisSettings settings,
            Collection<SpeechRequest> running,
            MailboxExecutor mailbox,
            BooleanSupplier takesInput,
            ProcessingTimeService clock,
            Runnable wake) {
        this.admission = settings.admission();
        this.capacity = settings.queueCapacity();
        this.whenFull = settings.whenFull();
        this.tenantCapacity = settings.tenants().queueCapacity();
        this.running = running;
        this.mailbox = mailbox;
        this.takesInput = takesInput;
        this.clock = clock;
        this.wake = wake;
    }

    /** A new request has come: the number of its arrival. */
    long arrived() {
        open++;
        return arrivals++;
    }

    /** A request is there again; those that come are numbered behind it. */
    void restored(SpeechRequest request) {
        open++;
        if (request.started()) {
            started(request);
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
        admission.remove(request.id());
    }

    /** Whether the request that arrived latest is one too many, and is to end at once. */
    boolean turnsAway() {
        return whenFull == WhenFull.REJECT && isFull();
    }

    /**
     * Returns when there is room again, if need be after a wait in which other mails run, among
     * them those of checkpoints. So all that a record has to do must be done before, or it would be
     * in no checkpoint; and the current key is another behind it.
     */
    void holdInput() throws InterruptedException {
        while (whenFull == WhenFull.BACKPRESSURE && isFull() && takesInput.getAsBoolean()) {
            mailbox.yield();
        }
    }

    private boolean isFull() {
        return open - running.size() > capacity;
    }

    /**
     * Whether a tenant may have another request that holds no slot. This does not wait: what one
     * tenant has too much must not hold up the others.
     */
    boolean hasRoomFor(String tenant) {
        if (tenantCapacity == TenantLimits.UNLIMITED) {
            return true;
        }
        long speaking = running.stream().filter(r -> r.tenant().equals(tenant)).count();
        return openByTenant.getOrDefault(tenant, 0) - speaking < tenantCapacity;
    }

    /** Lets a request wait for a slot; does nothing if it waits already. */
    void awaitSlot(SpeechRequest request) {
        admission.add(request.ticket());
    }

    /** Whether a request waits for a slot. */
    boolean awaitsSlot(String id) {
        return admission.waits(id);
    }

    /** Takes out the request that gets the next slot, null if none may have it now. */
    Ticket next() {
        Ticket next = admission.next(System.nanoTime());
        if (next == null && admission.held()) {
            awaitRetry();
        }
        return next;
    }

    private void awaitRetry() {
        if (!retryAwaited) {
            retryAwaited = true;
            long delay = TimeUnit.NANOSECONDS.toMillis(admission.retryNanos()) + 1;
            clock.registerTimer(
                    clock.getCurrentProcessingTime() + delay,
                    time -> {
                        retryAwaited = false;
                        admission.retry();
                        wake.run();
                    });
        }
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
