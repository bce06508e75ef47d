package io.rwkvtts.scheduling;

/**
 * Decides which of the waiting requests gets the next slot.
 *
 * <p>Owns the queue and the rates of the tenants. Not thread-safe.
 */
public final class Admission {
    private final RequestQueue queue = new RequestQueue();
    private final TenantRates rates;
    private boolean held;
    private long retryNanos;

    /**
     * @param rates how fast tenants may begin requests
     */
    public Admission(TenantRates rates) {
        this.rates = rates;
    }

    /** Sets other limits for the tenants; those that are held are looked at again. */
    public void limit(TenantLimits limits) {
        rates.limit(limits);
        retry();
    }

    /** Lets a request wait; does nothing if it waits already. */
    public void add(Ticket ticket) {
        queue.add(ticket);
        held = false;
    }

    /** Whether a request waits. */
    public boolean waits(String id) {
        return queue.contains(id);
    }

    /** Takes a request out; does nothing if it does not wait. */
    public void remove(String id) {
        queue.remove(id);
    }

    /**
     * Takes out the request that gets the next slot.
     *
     * @return null if none waits, or all that wait are {@link #held}
     */
    public Ticket next(long nowNanos) {
        retryNanos = Long.MAX_VALUE;
        Ticket ticket = queue.poll(tenant -> mayBegin(tenant, nowNanos));
        held = ticket == null && !queue.isEmpty();
        return ticket;
    }

    private boolean mayBegin(String tenant, long nowNanos) {
        boolean may = rates.take(tenant, nowNanos);
        if (!may) {
            retryNanos = Math.min(retryNanos, rates.refillNanos(tenant, nowNanos));
        }
        return may;
    }

    /** Whether all that wait belong to tenants that may not begin another request yet. */
    public boolean held() {
        return held;
    }

    /** Lets those that are held be looked at again. */
    public void retry() {
        held = false;
    }

    /** If they are {@link #held}: nanoseconds from then, after which the first may begin. */
    public long retryNanos() {
        return retryNanos;
    }

    /** Number of requests that wait. */
    public int waiting() {
        return queue.size();
    }
}
