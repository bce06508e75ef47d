package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.synthesis.RequestQueue.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private static final long NEVER = Long.MAX_VALUE;

    private final RequestQueue queue = new RequestQueue();

    @Test
    void testOrdersByRestoredThenPriorityThenDeadlineThenArrival() {
        queue.add(new Ticket("late", false, 0, NEVER, 9));
        queue.add(new Ticket("early", false, 0, NEVER, 1));
        queue.add(new Ticket("due", false, 0, 1_000, 10));
        queue.add(new Ticket("due-sooner", false, 0, 500, 11));
        queue.add(new Ticket("important", false, 5, NEVER, 12));
        queue.add(new Ticket("unimportant", false, -5, 1, 0));
        queue.add(new Ticket("restored", true, -9, NEVER, 13));

        assertThat(drain())
                .containsExactly(
                        "restored",
                        "important",
                        "due-sooner",
                        "due",
                        "early",
                        "late",
                        "unimportant");
    }

    @Test
    void testHoldsEachRequestOnce() {
        queue.add(new Ticket("a", false, 0, NEVER, 1));
        queue.add(new Ticket("a", false, 7, NEVER, 2));
        assertThat(queue.size()).isEqualTo(1);
        assertThat(drain()).containsExactly("a");
    }

    @Test
    void testRemovesARequest() {
        queue.add(new Ticket("a", false, 0, NEVER, 1));
        queue.add(new Ticket("b", false, 0, NEVER, 2));
        queue.remove("a");
        queue.remove("unknown");
        assertThat(drain()).containsExactly("b");
        assertThat(queue.poll()).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    private List<String> drain() {
        List<String> order = new ArrayList<>();
        while (!queue.isEmpty()) {
            order.add(queue.poll());
        }
        return order;
    }
}
