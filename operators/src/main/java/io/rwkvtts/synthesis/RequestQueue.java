package io.rwkvtts.synthesis;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The requests that wait for a slot, in the order of their admission: those that a restore found
 * running, then by priority, then by deadline, then by arrival.
 *
 * <p>Owns nothing but tickets; the requests themselves lie in keyed state. Not thread-safe.
 */
public final class RequestQueue {

    /**
     * A request's place in the queue.
     *
     * @param id id of the request
     * @param restored whether the request was running when its snapshot was taken
     * @param priority higher is served first
     * @param deadlineMs epoch milliseconds, {@link Long#MAX_VALUE} for none
     * @param arrival number of its arrival in this job
     */
    public record Ticket(
            String id, boolean restored, int priority, long deadlineMs, long arrival) {}

    private static final Comparator<Ticket> ORDER =
            Comparator.comparing((Ticket ticket) -> !ticket.restored())
                    .thenComparing(Ticket::priority, Comparator.reverseOrder())
                    .thenComparing(Ticket::deadlineMs)
                    .thenComparing(Ticket::arrival)
                    .thenComparing(Ticket::id);

    private final TreeSet<Ticket> tickets = new TreeSet<>(ORDER);
    private final Map<String, Ticket> byId = new HashMap<>();

    /** Puts a request in; does nothing if it waits already. */
    public void add(Ticket ticket) {
        if (byId.putIfAbsent(ticket.id(), ticket) == null) {
            tickets.add(ticket);
        }
    }

    /** Takes a request out; does nothing if it does not wait. */
    public void remove(String id) {
        Ticket ticket = byId.remove(id);
        if (ticket != null) {
            tickets.remove(ticket);
        }
    }

    /** Takes out the request that is to be admitted next and returns its id, null if none waits. */
    public String poll() {
        Ticket ticket = tickets.pollFirst();
        if (ticket == null) {
            return null;
        }
        byId.remove(ticket.id());
        return ticket.id();
    }

    public int size() {
        return tickets.size();
    }

    public boolean isEmpty() {
        return tickets.isEmpty();
    }
}
