package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.TWO_SENTENCES;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.synthesis.Attributes;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many steps lie between a reason to end a request and its end: none. */
@Timeout(60)
class EndLatencyTest {

    private static final long DEADLINE = 5_000;

    /** What ends a request in the midst of its speech or of its wait. */
    enum Cause {
        CANCELLED {
            @Override
            void happen(SynthesizeHarness task) throws Exception {
                task.process(Events.cancel("ended"));
            }
        },
        DEADLINE {
            @Override
            void happen(SynthesizeHarness task) throws Exception {
                task.setTime(EndLatencyTest.DEADLINE);
            }
        };

        abstract void happen(SynthesizeHarness task) throws Exception;
    }

    private static RequestEvent toBeEnded() {
        return Events.with("ended", TWO_SENTENCES, Attributes.of("deadlineMs", DEADLINE));
    }

    private static SynthesizeHarness oneSlot() throws Exception {
        return new SynthesizeHarness.Builder().slots(1).open();
    }

    /** Steps until the request's first record. */
    private static int stepsToSpeech(SynthesizeHarness task, String id) throws Exception {
        int steps = 0;
        while (!task.speech().containsKey(id)) {
            assertThat(task.busy()).isTrue();
            task.steps(1);
            steps++;
        }
        return steps;
    }

    @ParameterizedTest
    @EnumSource
    void testRunningRequestEndsAndItsSlotIsFreeForTheVeryNextStep(Cause cause) throws Exception {
        int undisturbed;
        try (SynthesizeHarness task = oneSlot()) {
            task.process(Events.whole("next", TWO_SENTENCES));
            undisturbed = stepsToSpeech(task, "next");
        }
        for (int begun : new int[] {1, 2, 10, 30}) {
            try (SynthesizeHarness task = oneSlot()) {
                task.process(toBeEnded());
                task.steps(begun);
                task.process(Events.whole("next", TWO_SENTENCES));
                assertThat(task.finishReasons("ended")).isEmpty();

                cause.happen(task);
                assertThat(task.finishReasons("ended")).containsExactly(label(cause));
                assertThat(stepsToSpeech(task, "next")).isEqualTo(undisturbed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void testWaitingRequestEndsWithoutAStep(Cause cause) throws Exception {
        try (SynthesizeHarness task = oneSlot()) {
            task.process(Events.whole("speaks", TWO_SENTENCES));
            task.steps(1);
            task.process(toBeEnded());
            task.steps(1);

            cause.happen(task);
            assertThat(task.finishReasons("ended")).containsExactly(label(cause));
        }
    }

    /** It waits for more text, and nothing else is to be done. */
    @ParameterizedTest
    @EnumSource
    void testRequestThatWaitsForTextEndsWhileNothingSteps(Cause cause) throws Exception {
        try (SynthesizeHarness task = oneSlot()) {
            task.process(
                    Events.with("ended", "Well", Attributes.of("deadlineMs", DEADLINE), false));
            assertThat(task.busy()).isFalse();

            cause.happen(task);
            assertThat(task.finishReasons("ended")).containsExactly(label(cause));
            assertThat(task.busy()).isFalse();
        }
    }

    private static String label(Cause cause) {
        return cause.name().toLowerCase(java.util.Locale.ROOT);
    }
}
