package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static io.rwkvtts.operator.Events.requests;
import static io.rwkvtts.operator.SynthesizeHarness.undisturbed;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.synthesis.Attributes;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestText;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that end before all is generated: cancelled, past their deadline, or left alone. */
@Timeout(60)
class RequestEndTest {

    @Test
    void testCancelFreesTheSlotWithoutAnotherStep() throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().slots(1).open()) {
            List<RequestEvent> events = requests(2);
            task.process(events.get(0));
            task.process(events.get(1));
            task.steps(20);
            task.process(Events.cancel("request-0"));
            assertThat(task.finishReasons("request-0")).containsExactly("cancelled");
            task.drain();
            assertThat(task.speech().get("request-1"))
                    .isEqualTo(undisturbed(events).get("request-1"));
            assertThat(task.finishReasons("request-0")).containsExactly("cancelled");
        }
    }

    @Test
    void testCancelEndsAWaitingRequestAndOneThatHasNotCome() throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().slots(1).open()) {
            List<RequestEvent> events = requests(2);
            task.process(events.get(0));
            task.process(events.get(1));
            task.steps(1);
            task.process(Events.cancel("request-1"));
            task.process(Events.cancel("never-seen"));
            task.process(Events.whole("never-seen", TWO_SENTENCES));
            task.drain();
            assertThat(task.speech().get("request-1")).hasSize(1);
            assertThat(task.finishReasons("request-1")).containsExactly("cancelled");
            assertThat(task.speech().get("never-seen")).hasSize(1);
        }
    }

    @Test
    void testDeadlineEndsARequestWaitingOrRunning() throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().slots(1).open()) {
            task.setTime(0);
            task.process(
                    Events.with("running", TWO_SENTENCES, Attributes.of("deadlineMs", 1_000L)));
            task.steps(3);
            task.process(
                    Events.with("waiting", TWO_SENTENCES, Attributes.of("deadlineMs", 2_000L)));
            task.setTime(999);
            assertThat(task.chunks()).isEmpty();
            task.setTime(2_000);
            assertThat(task.finishReasons("running")).containsExactly("deadline");
            assertThat(task.finishReasons("waiting")).containsExactly("deadline");
            assertThat(task.busy()).isFalse();
        }
    }

    @Test
    void testRequestThatIsNotContinuedExpires() throws Exception {
        long idle = SynthesizeHarness.IDLE_TIMEOUT.toMillis();
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.setTime(10);
            task.process(Events.piece("r", 0, TWO_SENTENCES, false));
            task.process(Events.piece("gap", 1, TWO_SENTENCES, true));
            task.drain();
            task.setTime(idle);
            task.process(Events.piece("r", 1, " More.", false));
            task.drain();
            task.setTime(10 + idle);
            task.checkpoint();
            assertThat(task.finishReasons("gap")).containsExactly("expired");
            assertThat(task.finishReasons("r")).isEmpty();
            task.setTime(2 * idle - 1);
            assertThat(task.finishReasons("r")).isEmpty();
            task.setTime(2 * idle);
            task.checkpoint();
            assertThat(task.finishReasons("r")).containsExactly("expired");
        }
    }

    /** It waits for the job, which cannot read its control topic, and not for its sender. */
    @Test
    void testRequestWhoseTermsAreNotDecidedDoesNotExpire() throws Exception {
        long idle = SynthesizeHarness.IDLE_TIMEOUT.toMillis();
        ScriptedControlLog log = new ScriptedControlLog().knownAtStart(0);
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().slots(1).control(log::open).open()) {
            task.setTime(60_000);
            task.process(Events.at(60_000, Events.piece("r", 0, TWO_SENTENCES, false)));
            task.setTime(60_000 + 3 * idle);
            task.checkpoint();
            assertThat(task.finishReasons("r")).isEmpty();
            assertThat(task.busy()).isFalse();
            log.show(60_000);
            task.runMail();
            task.process(Events.at(60_001, Events.piece("r", 1, " The end.", true)));
            task.drain();
            assertThat(task.finishReasons("r")).containsExactly("stop");
        }
    }

    @Test
    void testRequestThatRunsOrWaitsForASlotDoesNotExpire() throws Exception {
        long idle = SynthesizeHarness.IDLE_TIMEOUT.toMillis();
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().slots(1).open()) {
            task.setTime(0);
            task.process(Events.piece("speaks", 0, TWO_SENTENCES, false));
            task.steps(5);
            task.process(Events.piece("waits", 0, TWO_SENTENCES, false));
            task.setTime(idle + 1);
            task.drain();
            assertThat(task.finishReasons("speaks")).isEmpty();
            assertThat(task.finishReasons("waits")).isEmpty();
            task.setTime(3 * idle);
            task.checkpoint();
            assertThat(task.finishReasons("speaks")).containsExactly("expired");
            assertThat(task.finishReasons("waits")).containsExactly("expired");
        }
    }

    @Test
    void testTimersOfFinishedRequestsAreForgotten() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.setTime(0);
            for (int i = 0; i < 10; i++) {
                task.process(
                        Events.with("r" + i, TWO_SENTENCES, Attributes.of("deadlineMs", 1L << 50)));
            }
            assertThat(task.timers()).isOne();
            task.drain();
            assertThat(task.timers()).isZero();
        }
    }

    @Test
    void testFinishedIdsAreForgottenAfterTheWindow() throws Exception {
        long window = SynthesizeHarness.DEDUP_WINDOW.toMillis();
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.setTime(0);
            task.process(Events.cancel("r"));
            task.setTime(window - 1);
            task.process(Events.cancel("r"));
            assertThat(task.finishReasons("r")).hasSize(1);
            task.setTime(window);
            task.process(Events.cancel("r"));
            assertThat(task.finishReasons("r")).hasSize(2);
        }
    }

    @Test
    void testBudgetCountsFromTheTimestampOfTheFirstRecordWaitingOrRunning() throws Exception {
        RequestAttributes budget = Attributes.of("budgetMs", 500L);
        long end = Events.TIMESTAMP + 500;
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder().slots(1).startAt(1_200).open()) {
            task.process(Events.with("running", TWO_SENTENCES, budget));
            task.steps(3);
            task.process(Events.with("waiting", TWO_SENTENCES, budget));
            task.process(Events.at(900, Events.piece("early", 1, " More.", true)));
            task.process(Events.with("early", TWO_SENTENCES, budget, false));
            task.setTime(end - 101);
            assertThat(task.chunks()).isEmpty();
            task.setTime(end - 100);
            assertThat(task.finishReasons("early")).containsExactly("deadline");
            task.setTime(end - 1);
            assertThat(task.finishReasons("running")).isEmpty();
            task.setTime(end);
            assertThat(task.finishReasons("running")).containsExactly("deadline");
            assertThat(task.finishReasons("waiting")).containsExactly("deadline");
        }
    }

    @Test
    void testFinishedIdsLeaveTheStateAfterTheWindow() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.setTime(0);
            for (int i = 0; i < 500; i++) {
                task.process(Events.cancel("old-" + i));
            }
            task.setTime(SynthesizeHarness.DEDUP_WINDOW.toMillis());
            for (int i = 0; i < 100; i++) {
                task.process(Events.cancel("new-" + i));
            }
            assertThat(task.storedRequests()).isEqualTo(100);
        }
    }

    @Test
    void testTooManyEarlyEventsEndTheirRequestAndLeaveNothing() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            for (int sequence = 1; sequence <= RequestText.MAX_HELD; sequence++) {
                task.process(Events.piece("r", sequence, "", false));
            }
            assertThat(task.finishReasons("r")).isEmpty();
            task.process(Events.piece("r", RequestText.MAX_HELD + 1, "", false));
            assertThat(task.finishReasons("r")).containsExactly("error");
            assertThat(task.deadLetters()).hasSize(1);
            assertThat(task.deadLetters().get(0).detail()).contains("wait for event 0");
            assertThat(task.storedRequests()).isOne();
        }
    }

    @Test
    void testEarlyEventsCountAsTextOfTheirRequest() throws Exception {
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().maxTextChars(30).open()) {
            task.process(Events.piece("r", 2, "x".repeat(20), false));
            task.process(Events.piece("r", 4, "x".repeat(11), false));
            assertThat(task.finishReasons("r")).containsExactly("error");
            assertThat(task.deadLetters().get(0).detail()).contains(" characters");
        }
    }
}
