package io.rwkvtts.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private static final long NEVER = Long.MAX_VALUE;

    private static final Predicate<String> ANY = tenant -> true;

    private final RequestQueue queue = new RequestQueue();

    private static Ticket ticket(String id, long arrival) {
        return new Ticket(id, false, 0, NEVER, "", arrival, 0);
    }

    private static Ticket of(String tenant, int number, long arrival) {
        return new Ticket(tenant + number, false, 0, NEVER, tenant, arrival, 0);
    }

    @Test
    void testOrdersByBegunThenPriorityThenDeadlineThenArrival() {
        queue.add(ticket("late", 9));
        queue.add(ticket("early", 1));
        queue.add(new Ticket("due", false, 0, 1_000, "", 10, 0));
        queue.add(new Ticket("due-sooner", false, 0, 500, "", 11, 0));
        queue.add(new Ticket("important", false, 5, NEVER, "", 12, 0));
        queue.add(new Ticket("unimportant", false, -5, 1, "", 0, 0));
        queue.add(new Ticket("begun", true, -9, NEVER, "", 13, 0));

        assertThat(drain())
                .containsExactly(
                        "begun", "important", "due-sooner", "due", "early", "late", "unimportant");
    }

    @Test
    void testTenantsTakeTurns() {
        for (int i = 0; i < 1_000; i++) {
            queue.add(of("many", i, i));
        }
        queue.poll(ANY);
        queue.add(of("few", 0, 1_000));
        queue.add(of("few", 1, 1_001));

        assertThat(drain().subList(0, 5))
                .containsExactly("few0", "many1", "few1", "many2", "many3");
    }

    @Test
    void testTenantThatSendsOneByOneDoesNotPassTheOthersBy() {
        for (int i = 0; i < 10; i++) {
            queue.add(of("patient", i, i));
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            queue.add(of("quick", i, 100 + i));
            order.add(queue.poll(ANY).id());
            order.add(queue.poll(ANY).id());
        }
        assertThat(order.subList(0, 8))
                .containsExactly(
                        "patient0",
                        "quick0",
                        "patient1",
                        "quick1",
                        "patient2",
                        "quick2",
                        "patient3",
                        "quick3");
    }

    @Test
    void testPassesOverTenantsThatMayNotBegin() {
        queue.add(of("held", 0, 0));
        queue.add(of("free", 0, 1));
        assertThat(queue.poll(tenant -> tenant.equals("free")).id()).isEqualTo("free0");
        assertThat(queue.poll(tenant -> tenant.equals("free"))).isNull();
        queue.add(new Ticket("begun", true, 0, NEVER, "held", 2, 0));
        assertThat(queue.poll(tenant -> false).id()).isEqualTo("begun");
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void testHoldsEachRequestOnce() {
        queue.add(ticket("a", 1));
        queue.add(new Ticket("a", false, 7, NEVER, "", 2, 0));
        assertThat(queue.size()).isEqualTo(1);
        assertThat(drain()).containsExactly("a");
    }

    @Test
    void testRemovesARequest() {
        queue.add(ticket("a", 1));
        queue.add(ticket("b", 2));
        queue.remove("a");
        queue.remove("unknown");
        assertThat(drain()).containsExactly("b");
        assertThat(queue.poll(ANY)).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    private List<String> drain() {
        List<String> order = new ArrayList<>();
        while (!queue.isEmpty()) {
            order.add(queue.poll(ANY).id());
        }
        return order;
    }
}
