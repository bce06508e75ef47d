package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.ForwardingEngine;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Flink waits for before it reads the barrier of a stop-with-savepoint. */
@Timeout(60)
class StopWithSavepointTest {

    private final AtomicInteger steps = new AtomicInteger();

    private EngineFactory counting() {
        return gpus ->
                new ForwardingEngine(SynthesizeHarness.scripted(4)) {
                    @Override
                    public void step(int[] slots, int[] tokens, int count) {
                        steps.incrementAndGet();
                        super.step(slots, tokens, count);
                    }
                };
    }

    @Test
    void testTakesNoStepAndEndsNothing() throws Exception {
        List<RequestEvent> events = Events.requests(12);
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().engine(counting()).open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            while (steps.get() < 5) {
                task.steps(1);
            }
            int before = steps.get();
            int unfinished = task.unfinished();

            task.runOwnMails();

            assertThat(steps).hasValue(before);
            assertThat(task.unfinished()).isEqualTo(unfinished).isPositive();
            // The steps are only put off: a savepoint that fails must not leave a job that idles.
            task.drain();
            assertThat(task.unfinished()).isZero();
        }
    }
}
