package io.rwkvtts.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What holds for any sequence of arrivals, admissions and cancellations. */
class RequestQueuePropertiesTest {

    /** One thing that happens to the queue. */
    private record Action(Kind kind, int priority, long deadlineMs, String tenant, int target) {}

    private enum Kind {
        ADD,
        POLL,
        REMOVE
    }

    @Provide
    Arbitrary<List<Action>> actions() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequency(
                        Tuple.of(5, Kind.ADD), Tuple.of(4, Kind.POLL), Tuple.of(1, Kind.REMOVE));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(-1, 1),
                        Arbitraries.of(10L, 20L, Long.MAX_VALUE),
                        Arbitraries.of("a", "b", "c"),
                        Arbitraries.integers().between(0, 50))
                .as(Action::new)
                .list()
                .ofMaxSize(200);
    }

    @Property(tries = 500)
    void eachRequestLeavesOnceAndNoneIsLost(@ForAll("actions") List<Action> actions) {
        RequestQueue queue = new RequestQueue();
        Map<String, Ticket> waiting = new LinkedHashMap<>();
        long arrival = 0;
        for (Action action : actions) {
            switch (action.kind()) {
                case ADD -> {
                    Ticket ticket = ticket(action, arrival++);
                    queue.add(ticket);
                    waiting.put(ticket.id(), ticket);
                }
                case POLL -> {
                    Ticket ticket = queue.poll(tenant -> true);
                    if (ticket == null) {
                        assertThat(waiting).isEmpty();
                    } else {
                        assertThat(waiting.remove(ticket.id())).isEqualTo(ticket);
                    }
                }
                case REMOVE -> {
                    String id = "r" + action.target();
                    queue.remove(id);
                    waiting.remove(id);
                }
            }
            assertThat(queue.size()).isEqualTo(waiting.size());
        }
    }

    @Property(tries = 500)
    void noneOfAHigherClassWaitsWhileOneOfALowerIsAdmitted(
            @ForAll("actions") List<Action> actions) {
        replay(
                actions,
                (admitted, waiting) ->
                        assertThat(waiting)
                                .noneMatch(
                                        ticket ->
                                                ticket.priority() > admitted.priority()
                                                        || (ticket.priority() == admitted.priority()
                                                                && ticket.deadlineMs()
                                                                        < admitted.deadlineMs())));
    }

    @Property(tries = 500)
    void aTenantsRequestsOfAClassGoInTheOrderOfTheirArrival(
            @ForAll("actions") List<Action> actions) {
        replay(
                actions,
                (admitted, waiting) ->
                        assertThat(waiting)
                                .noneMatch(
                                        ticket ->
                                                sameClass(ticket, admitted)
                                                        && ticket.tenant().equals(admitted.tenant())
                                                        && ticket.arrival() < admitted.arrival()));
    }

    /**
     * While a tenant waits for its first admission of a class, every other one is admitted once at
     * most; later, twice at most: it may still be due for the round that the tenant was served in.
     */
    @Property(tries = 500)
    void aTenantIsDelayedByOneRequestOfEachOtherTenantAtMost(
            @ForAll("actions") List<Action> actions) {
        Map<String, Map<String, Integer>> passedBy = new HashMap<>();
        Set<String> served = new HashSet<>();
        replay(
                actions,
                (admitted, waiting) -> {
                    passedBy.remove(key(admitted, admitted.tenant()));
                    served.add(key(admitted, admitted.tenant()));
                    waiting.stream()
                            .filter(ticket -> sameClass(ticket, admitted))
                            .map(Ticket::tenant)
                            .distinct()
                            .filter(tenant -> !tenant.equals(admitted.tenant()))
                            .forEach(
                                    tenant -> {
                                        int times =
                                                passedBy.computeIfAbsent(
                                                                key(admitted, tenant),
                                                                k -> new HashMap<>())
                                                        .merge(admitted.tenant(), 1, Integer::sum);
                                        boolean first = !served.contains(key(admitted, tenant));
                                        assertThat(times).isLessThanOrEqualTo(first ? 1 : 2);
                                    });
                });
    }

    private static String key(Ticket ticket, String tenant) {
        return ticket.priority() + "/" + ticket.deadlineMs() + "/" + tenant;
    }

    private interface Admission {
        void check(Ticket admitted, List<Ticket> stillWaiting);
    }

    private static void replay(List<Action> actions, Admission admission) {
        RequestQueue queue = new RequestQueue();
        List<Ticket> waiting = new ArrayList<>();
        long arrival = 0;
        for (Action action : actions) {
            if (action.kind() == Kind.ADD) {
                Ticket ticket = ticket(action, arrival++);
                queue.add(ticket);
                waiting.add(ticket);
            } else {
                Ticket admitted = queue.poll(tenant -> true);
                if (admitted != null) {
                    waiting.remove(admitted);
                    admission.check(admitted, waiting);
                }
            }
        }
    }

    private static boolean sameClass(Ticket one, Ticket other) {
        return one.priority() == other.priority() && one.deadlineMs() == other.deadlineMs();
    }

    private static Ticket ticket(Action action, long arrival) {
        return new Ticket(
                "r" + arrival,
                false,
                action.priority(),
                action.deadlineMs(),
                action.tenant(),
                arrival,
                0);
    }
}
