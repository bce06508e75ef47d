package io.rwkvtts.scheduling;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Waiting requests of one admission class, tenants taking turns: in each round every tenant that
 * waits is served once. A tenant that begins to wait joins the round that is being served, unless
 * it was served in it already; so a thousand waiting requests of one tenant delay the first of
 * another by one at most. Rounds that a tenant could not use are lost.
 */
final class TenantRoundRobin {

    private static final class Line {
        final String tenant;
        final TreeSet<Ticket> tickets =
                new TreeSet<>(Comparator.comparing(Ticket::arrival).thenComparing(Ticket::id));
        long round;

        Line(String tenant, long round) {
            this.tenant = tenant;
            this.round = round;
        }

        long round() {
            return round;
        }

        Ticket head() {
            return tickets.first();
        }
    }

    private static final Comparator<Line> ORDER =
            Comparator.comparing(Line::round)
                    .thenComparing(line -> line.head().arrival())
                    .thenComparing(line -> line.tenant);

    private final Map<String, Line> byTenant = new HashMap<>();
    private final TreeSet<Line> lines = new TreeSet<>(ORDER);

    /** Rounds to join next, of tenants that were served in the current one and wait no more. */
    private final Map<String, Long> served = new HashMap<>();

    private long currentRound;

    void add(Ticket ticket) {
        Line line = byTenant.get(ticket.tenant());
        if (line == null) {
            Long round = served.remove(ticket.tenant());
            line = new Line(ticket.tenant(), round == null ? currentRound : round);
            byTenant.put(ticket.tenant(), line);
        } else {
            lines.remove(line);
        }
        line.tickets.add(ticket);
        lines.add(line);
    }

    void remove(Ticket ticket) {
        Line line = byTenant.get(ticket.tenant());
        lines.remove(line);
        line.tickets.remove(ticket);
        putBack(line);
    }

    /** The next request of a tenant that may go, null if there is none. */
    Ticket poll(Predicate<String> mayGo) {
        for (Line line : lines) {
            if (mayGo.test(line.tenant)) {
                lines.remove(line);
                enter(Math.max(currentRound, line.round));
                line.round = currentRound + 1;
                Ticket ticket = line.tickets.pollFirst();
                putBack(line);
                return ticket;
            }
        }
        return null;
    }

    private void enter(long round) {
        if (round > currentRound) {
            currentRound = round;
            served.values().removeIf(next -> next <= round);
        }
    }

    private void putBack(Line line) {
        if (line.tickets.isEmpty()) {
            byTenant.remove(line.tenant);
            if (line.round > currentRound) {
                served.put(line.tenant, line.round);
            }
        } else {
            lines.add(line);
        }
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }
}
