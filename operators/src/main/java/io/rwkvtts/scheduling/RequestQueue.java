package io.rwkvtts.scheduling;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The requests that wait for a slot. Admission is by class: requests that have held a slot before
 * come first, then by priority, then by deadline. Within a class tenants take turns ({@link
 * TenantRoundRobin}), and each tenant's requests go in the order of their arrival.
 *
 * <p>Owns nothing but tickets; the requests themselves lie in keyed state. Not thread-safe.
 */
public final class RequestQueue {

    private record AdmissionClass(boolean begun, int priority, long deadlineMs) {

        static final Comparator<AdmissionClass> ORDER =
                Comparator.comparing((AdmissionClass admission) -> !admission.begun())
                        .thenComparing(AdmissionClass::priority, Comparator.reverseOrder())
                        .thenComparing(AdmissionClass::deadlineMs);

        static AdmissionClass of(Ticket ticket) {
            return new AdmissionClass(ticket.begun(), ticket.priority(), ticket.deadlineMs());
        }
    }

    private final TreeMap<AdmissionClass, TenantRoundRobin> classes =
            new TreeMap<>(AdmissionClass.ORDER);
    private final Map<String, Ticket> byId = new HashMap<>();

    /** Puts a request in; does nothing if it waits already. */
    public void add(Ticket ticket) {
        if (byId.putIfAbsent(ticket.id(), ticket) == null) {
            classes.computeIfAbsent(AdmissionClass.of(ticket), key -> new TenantRoundRobin())
                    .add(ticket);
        }
    }

    /** Whether a request waits. */
    public boolean contains(String id) {
        return byId.containsKey(id);
    }

    /** Takes a request out; does nothing if it does not wait. */
    public void remove(String id) {
        Ticket ticket = byId.remove(id);
        if (ticket != null) {
            AdmissionClass key = AdmissionClass.of(ticket);
            TenantRoundRobin turns = classes.get(key);
            turns.remove(ticket);
            forgetIfEmpty(key, turns);
        }
    }

    /**
     * Takes out the request that is to be admitted next.
     *
     * @param mayBegin whether a tenant may begin another request now; not asked for requests that
     *     have begun
     * @return null if none waits, or none of those waiting may begin
     */
    public Ticket poll(Predicate<String> mayBegin) {
        for (Map.Entry<AdmissionClass, TenantRoundRobin> entry : classes.entrySet()) {
            boolean begun = entry.getKey().begun();
            Ticket ticket = entry.getValue().poll(begun ? tenant -> true : mayBegin);
            if (ticket != null) {
                byId.remove(ticket.id());
                forgetIfEmpty(entry.getKey(), entry.getValue());
                return ticket;
            }
        }
        return null;
    }

    private void forgetIfEmpty(AdmissionClass key, TenantRoundRobin turns) {
        if (turns.isEmpty()) {
            classes.remove(key);
        }
    }

    public int size() {
        return byId.size();
    }

    public boolean isEmpty() {
        return byId.isEmpty();
    }
}
