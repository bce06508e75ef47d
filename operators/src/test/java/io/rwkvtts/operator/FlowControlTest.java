package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static io.rwkvtts.operator.Events.requests;
import static io.rwkvtts.operator.SynthesizeHarness.undisturbed;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.synthesis.Attributes;
import io.rwkvtts.synthesis.RequestAttributes;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a slot, who has to wait, and who is turned away. */
@Timeout(60)
class FlowControlTest {

    @Test
    void testHigherPriorityIsAdmittedFirst() throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().slots(1).open()) {
            task.process(Events.whole("first", TWO_SENTENCES));
            task.steps(1);
            task.process(Events.whole("second", TWO_SENTENCES));
            task.process(Events.with("urgent", TWO_SENTENCES, Attributes.of("priority", 1)));
            task.drain();
            assertThat(task.speech().keySet()).containsExactly("first", "urgent", "second");
        }
    }

    @Test
    void testHoldsInputBackWhenTooManyAreOpenAndStillServesAll() throws Exception {
        List<RequestEvent> events = requests(12);
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().slots(1).queueCapacity(2).open()) {
            for (RequestEvent event : events) {
                task.process(event);
                // One runs; with two more the next has to wait, and its wait runs steps.
                assertThat(task.unfinished()).isLessThanOrEqualTo(4);
            }
            task.drain();
            assertThat(task.speech()).containsExactlyInAnyOrderEntriesOf(undisturbed(events));
        }
    }

    /** The next event of a parked request comes after the hold: nobody could read it. */
    @Test
    void testTimeInWhichInputIsHeldDoesNotCountAsIdle() throws Exception {
        AtomicLong now = new AtomicLong();
        AtomicLong aStep = new AtomicLong();
        SynthesizeHarness[] opened = new SynthesizeHarness[1];
        EngineFactory engines =
                gpus ->
                        new ForwardingEngine(SynthesizeHarness.scripted(1)) {
                            @Override
                            public void step(int[] slots, int[] tokens, int count) {
                                super.step(slots, tokens, count);
                                opened[0].elapse(now.addAndGet(aStep.get()));
                            }
                        };
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().engine(engines).queueCapacity(2).open()) {
            opened[0] = task;
            task.process(Events.piece("streamed", 0, TWO_SENTENCES, false));
            task.drain();
            task.process(Events.whole("speaks", TWO_SENTENCES));
            task.steps(1);
            task.process(Events.whole("waits", TWO_SENTENCES));

            aStep.set(2 * SynthesizeHarness.IDLE_TIMEOUT.toMillis());
            task.process(Events.whole("held", TWO_SENTENCES));
            assertThat(task.finishReasons("speaks")).hasSize(1);
            aStep.set(0);
            task.process(Events.piece("streamed", 1, " More.", true));
            task.drain();
            assertThat(task.finishReasons("streamed")).containsExactly("stop");
        }
    }

    @Test
    @Timeout(10)
    void testQueueOfRequestsThatAllWaitForTextTakesTheirEventsInAndTurnsNewOnesAway()
            throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().queueCapacity(2).open()) {
            task.process(Events.piece("a", 0, "Well", false));
            task.process(Events.piece("b", 0, "Well", false));
            task.process(Events.whole("c", TWO_SENTENCES));
            task.checkpoint();
            assertThat(task.finishReasons("c")).containsExactly("overloaded");

            task.process(Events.cancel("b"));
            task.process(Events.piece("a", 1, " done.", true));
            task.process(Events.whole("d", TWO_SENTENCES));
            task.drain();
            assertThat(task.finishReasons("a")).containsExactly("stop");
            assertThat(task.finishReasons("b")).containsExactly("cancelled");
            assertThat(task.finishReasons("d")).containsExactly("stop");
        }
    }

    /**
     * Requests that generate a while, wait for text, and generate again, faster than they are
     * served.
     */
    @Test
    void testNoMoreRequestsAreOpenThanTheQueueAndTheSlotsHold() throws Exception {
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().slots(1).queueCapacity(3).open()) {
            for (int i = 0; i < 40; i++) {
                task.process(Events.piece("r" + i, 0, TWO_SENTENCES, false));
                for (int earlier = Math.max(0, i - 3); earlier < i; earlier++) {
                    task.process(Events.piece("r" + earlier, i - earlier, " One more.", false));
                }
                // Those turned away are stored until their end is written.
                task.checkpoint();
                assertThat(task.unfinished()).isLessThanOrEqualTo(5);
            }
            for (int i = 0; i < 40; i++) {
                task.process(Events.cancel("r" + i));
            }
            task.drain();
            assertThat(task.unfinished()).isZero();
        }
    }

    @Test
    void testRequestsThatContinueAfterARestoreTakeNoRoomOfThoseThatWait() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().slots(2).open()) {
            task.process(Events.of("t", "speaks-0"));
            task.process(Events.of("t", "speaks-1"));
            task.steps(2);
            state = task.snapshot();
        }
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .slots(2)
                        .tenants(0, 1)
                        .queueCapacity(1)
                        .rejectWhenFull()
                        .restore(state)
                        .open()) {
            task.process(Events.of("t", "next"));
            task.process(Events.of("other", "one-too-many"));
            task.drain();
            task.checkpoint();
            assertThat(task.finishReasons("next")).containsExactly("length");
            assertThat(task.finishReasons("one-too-many")).containsExactly("overloaded");
        }
    }

    @Test
    void testRejectsWhatFindsTheQueueFullIfToldSo() throws Exception {
        List<RequestEvent> events = requests(5);
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().slots(1).queueCapacity(2).rejectWhenFull().open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.checkpoint();
            for (RequestEvent event : events.subList(2, 5)) {
                assertThat(task.finishReasons(event.requestId())).containsExactly("overloaded");
            }
            task.drain();
            assertThat(task.speech().get("request-0"))
                    .isEqualTo(undisturbed(events).get("request-0"));
            assertThat(task.finishReasons("request-1")).containsExactly("stop");
        }
    }

    @Test
    void testRemembersOfThoseTurnedAwayOnlyWhatMoreMayFollow() throws Exception {
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().slots(1).queueCapacity(1).rejectWhenFull().open()) {
            task.process(Events.whole("speaks", TWO_SENTENCES));
            for (int i = 0; i < 100; i++) {
                task.process(Events.whole("whole-" + i, TWO_SENTENCES));
            }
            task.checkpoint();
            assertThat(task.storedRequests()).isOne();
            task.process(Events.piece("streamed", 0, TWO_SENTENCES, false));
            task.checkpoint();
            assertThat(task.storedRequests()).isEqualTo(2);

            task.drain();
            task.process(Events.piece("streamed", 1, " More.", true));
            task.process(Events.whole("whole-0", TWO_SENTENCES));
            task.drain();
            assertThat(task.finishReasons("streamed")).containsExactly("overloaded");
            assertThat(task.finishReasons("whole-0")).hasSize(2).startsWith("overloaded");
        }
    }

    @Test
    void testRejectsNoneThatIsAcceptedAlready() throws Exception {
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().queueCapacity(2).rejectWhenFull().open()) {
            task.process(Events.piece("a", 0, TWO_SENTENCES, false));
            task.process(Events.piece("b", 0, TWO_SENTENCES, false));
            task.process(Events.piece("c", 0, TWO_SENTENCES, false));
            task.process(Events.piece("a", 1, " More.", true));
            task.process(Events.piece("b", 1, " More.", true));
            task.drain();
            task.checkpoint();
            assertThat(task.finishReasons("a")).containsExactly("stop");
            assertThat(task.finishReasons("b")).containsExactly("stop");
            assertThat(task.finishReasons("c")).containsExactly("overloaded");
        }
    }

    @Test
    void testTenantBeyondItsRateWaitsAndTheOthersDoNot() throws Exception {
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().tenantRequestsPerSecond(1e-6).open()) {
            RequestAttributes greedy = Attributes.of("tenant", "greedy");
            task.process(Events.with("first", TWO_SENTENCES, greedy));
            task.process(Events.with("second", TWO_SENTENCES, greedy));
            task.drain();
            assertThat(task.finishReasons("first")).hasSize(1);
            assertThat(task.busy()).isFalse();

            task.process(Events.with("other", TWO_SENTENCES, Attributes.of("tenant", "modest")));
            task.drain();
            assertThat(task.finishReasons("other")).hasSize(1);
            assertThat(task.finishReasons("second")).isEmpty();
        }
    }

    @Test
    void testTenantBeyondItsRateContinuesWhenTimeHasPassed() throws Exception {
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().tenantRequestsPerSecond(10).open()) {
            RequestAttributes tenant = Attributes.of("tenant", "t");
            for (int i = 0; i < 5; i++) {
                task.process(Events.with("request-" + i, TWO_SENTENCES, tenant));
            }
            for (int i = 0; i < 5; i++) {
                task.drain();
                assertThat(task.finishReasons("request-" + i)).hasSize(1);
                task.setTime(101 * i + 99);
                task.drain();
                if (i < 4) {
                    assertThat(task.finishReasons("request-" + (i + 1))).isEmpty();
                }
                task.setTime(101 * (i + 1));
            }
        }
    }

    @Test
    void testTenantThatIsHeldBackDoesNotFillTheQueueOfAll() throws Exception {
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().tenants(1e-6, 2).queueCapacity(3).open()) {
            for (int i = 0; i < 5; i++) {
                task.process(Events.of("greedy", "greedy-" + i));
                task.drain();
            }
            task.checkpoint();
            assertThat(task.finishReasons("greedy-0")).containsExactly("stop");
            assertThat(task.finishReasons("greedy-1")).isEmpty();
            assertThat(task.finishReasons("greedy-2")).isEmpty();
            assertThat(task.finishReasons("greedy-3")).containsExactly("overloaded");
            assertThat(task.finishReasons("greedy-4")).containsExactly("overloaded");

            task.process(Events.of("modest", "modest-0"));
            task.drain();
            assertThat(task.finishReasons("modest-0")).containsExactly("stop");
        }
    }

    @Test
    void testTenantThatIsFoundOutLaterIsHeldToItsShareThen() throws Exception {
        RequestAttributes tenant = Attributes.of("tenant", "t");
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().tenants(0, 1).slots(1).open()) {
            task.process(Events.of("other", "speaks"));
            task.steps(1);
            task.process(Events.piece("early-1", 1, " More.", true));
            task.process(Events.piece("early-2", 1, " More.", true));
            RequestEvent first = Events.with("early-1", TWO_SENTENCES, tenant, false);
            task.process(first);
            task.process(Events.with("early-2", TWO_SENTENCES, tenant, false));
            task.checkpoint();
            assertThat(task.finishReasons("early-2")).containsExactly("overloaded");
            // It has its place already.
            task.process(first);
            task.drain();
            assertThat(task.finishReasons("early-1")).containsExactly("stop");
        }
    }

    @Test
    void testTenantKeepsItsShareOverARestore() throws Exception {
        OperatorSubtaskState state;
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().tenants(1e-6, 2).open()) {
            for (int i = 0; i < 3; i++) {
                task.process(Events.of("t", "before-" + i));
                task.drain();
            }
            state = task.snapshot();
        }
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().tenants(1e-6, 2).restore(state).open()) {
            // One may begin: buckets are full after a restore.
            task.drain();
            task.process(Events.of("t", "after-0"));
            task.process(Events.of("t", "after-1"));
            task.checkpoint();
            assertThat(task.finishReasons("after-0")).isEmpty();
            assertThat(task.finishReasons("after-1")).containsExactly("overloaded");
        }
    }
}
