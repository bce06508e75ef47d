package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
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

/** What holds of tenants for any sequence of arrivals and cancellations. */
class TenantShareTest {

    private static final int SHARE = 3;

    /** A tenant sends another request, or cancels the one that waits longest. */
    private record Action(boolean cancels, String tenant) {}

    @Provide
    Arbitrary<List<Action>> actions() {
        return Combinators.combine(
                        Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true)),
                        Arbitraries.of("a", "b", "c"))
                .as(Action::new)
                .list()
                .ofMaxSize(40);
    }

    /**
     * Each tenant may begin one request in the time of the test. As many as its share wait then,
     * the next is turned away, whatever the others do, and none of them holds up the input, which a
     * queue for all three shares could not survive.
     */
    @Property(tries = 40)
    void aTenantHasItsShareOfTheQueueAndNoMore(@ForAll("actions") List<Action> actions)
            throws Exception {
        Set<String> begun = new HashSet<>();
        Map<String, Deque<String>> waiting = new HashMap<>();
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .tenants(1e-9, SHARE)
                        .queueCapacity(3 * SHARE)
                        .open()) {
            int number = 0;
            for (Action action : actions) {
                Deque<String> own =
                        waiting.computeIfAbsent(action.tenant(), t -> new ArrayDeque<>());
                if (action.cancels()) {
                    if (!own.isEmpty()) {
                        task.process(Events.cancel(own.remove()));
                    }
                    continue;
                }
                String id = "request-" + number++;
                task.process(Events.of(action.tenant(), id));
                task.drain();
                if (begun.add(action.tenant())) {
                    assertThat(task.finishReasons(id)).containsAnyOf("stop", "length");
                } else if (own.size() < SHARE) {
                    assertThat(task.finishReasons(id)).isEmpty();
                    own.add(id);
                } else {
                    task.checkpoint();
                    assertThat(task.finishReasons(id)).containsExactly("overloaded");
                }
            }
        }
    }
}
