package io.rwkvtts.synthesis;

import io.rwkvtts.synthesis.RequestQueue.Ticket;

/**
 * Decides which of the waiting requests gets the next slot, and whether another one may wait.
 *
 * <p>Owns the queue and the rates of the tenants. Not thread-safe.
 */
public final class Admission {
    private final RequestQueue queue = new RequestQueue();
    private final TenantRates rates;
    private final int capacity;
    private boolean held;

    /**
     * @param capacity requests that may wait
     * @param rates how fast tenants may begin requests
     */
    public Admission(int capacity, TenantRates rates) {
        this.capacity = capacity;
        this.rates = rates;
    }

    /** Whether as many requests wait as may. */
    public boolean full() {
        return queue.size() >= capacity;
    }

    /** Lets a request wait; {@link #full} is the caller's to ask. */
    public void add(Ticket ticket) {
        queue.add(ticket);
        held = false;
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
        Ticket ticket = queue.poll(tenant -> rates.take(tenant, nowNanos));
        held = ticket == null && !queue.isEmpty();
        return ticket;
    }

    /** Whether all that wait belong to tenants that may not begin another request yet. */
    public boolean held() {
        return held;
    }

    /** Lets those that are held be looked at again. */
    public void retry() {
        held = false;
    }

    /** Nanoseconds after which one that is held may surely begin. */
    public long retryNanos() {
        return rates.refillNanos();
    }

    /** Number of requests that wait. */
    public int waiting() {
        return queue.size();
    }
}
