package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.synthesis.Attributes;
import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.TextPiece;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Timers on a clock of the test; what fires waits as a mail, as after a running step. */
class RequestTimersTest {

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final TestProcessingTimeService clock = new TestProcessingTimeService();
    private final Queue<ThrowingRunnable<Exception>> mails = new ArrayDeque<>();
    private int rings;
    private RequestTimers timers;

    @BeforeEach
    void open() throws Exception {
        clock.setCurrentTime(1_000);
        timers =
                new RequestTimers(
                        new ProcessingTimeService() {
                            @Override
                            public long getCurrentProcessingTime() {
                                return clock.getClock().absoluteTimeMillis();
                            }

                            @Override
                            public ScheduledFuture<?> registerTimer(
                                    long timestamp, ProcessingTimeCallback target) {
                                return clock.registerTimer(
                                        timestamp,
                                        time -> mails.add(() -> target.onProcessingTime(time)));
                            }
                        },
                        IDLE,
                        () -> rings++);
    }

    private SpeechRequest request(String id, Long deadlineMs, boolean last) {
        SpeechRequest request =
                new SpeechRequest(id, 0, 0, 100, RequestTerms.configured(new ChunkPlan(10, 25)));
        request.accept(
                new TextPiece(0, "Hello.", last), Attributes.of("deadlineMs", deadlineMs), 1_000);
        timers.watch(request);
        return request;
    }

    private List<String> due() {
        List<String> due = new ArrayList<>();
        for (String id = timers.nextDue(); id != null; id = timers.nextDue()) {
            due.add(id);
        }
        return due;
    }

    @Test
    void testAllThatCameDueDuringAStepAreFoundTogetherBeforeTheNext() throws Exception {
        for (int i = 0; i < 100; i++) {
            request("r" + i, 2_000L + i, true);
        }
        assertThat(clock.getNumActiveTimers()).isOne();
        clock.setCurrentTime(2_050);
        assertThat(mails).hasSize(1);

        assertThat(due()).hasSize(51).startsWith("r0", "r1").endsWith("r50");
        assertThat(rings).isZero();
    }

    @Test
    void testTimerRingsForTheEarliestAndThenForTheNext() throws Exception {
        request("late", 3_000L, true);
        request("early", 2_000L, true);
        clock.setCurrentTime(2_000);
        mails.remove().run();
        assertThat(rings).isOne();
        assertThat(due()).containsExactly("early");

        clock.setCurrentTime(3_000);
        while (!mails.isEmpty()) {
            mails.remove().run();
        }
        assertThat(due()).containsExactly("late");
        assertThat(clock.getNumActiveTimers()).isZero();
    }

    @Test
    void testEndedRequestsLeaveNoTimer() {
        SpeechRequest one = request("one", 2_000L, true);
        SpeechRequest other = request("other", null, false);
        assertThat(clock.getNumActiveTimers()).isOne();
        timers.forget(one);
        timers.forget(other);
        assertThat(clock.getNumActiveTimers()).isZero();
    }

    @Test
    void testRequestThatIsContinuedOrBusyIsLookedAtAgain() throws Exception {
        SpeechRequest request = request("r", null, false);
        request.accept(new TextPiece(1, " More.", false), null, 5_000);
        clock.setCurrentTime(11_000);
        assertThat(due()).containsExactly("r");
        assertThat(timers.judge(request, false)).isNull();
        clock.setCurrentTime(15_000);
        assertThat(due()).containsExactly("r");
        assertThat(timers.judge(request, true)).isNull();
        clock.setCurrentTime(25_000);
        assertThat(due()).containsExactly("r");
        assertThat(timers.judge(request, false)).isEqualTo(FinishReason.EXPIRED);
    }

    @Test
    void testRequestWaitsAgainForItsEventAfterTheTimeInWhichInputWasHeld() throws Exception {
        SpeechRequest request = request("r", null, false);
        timers.inputHeld();
        clock.setCurrentTime(12_000);
        assertThat(due()).containsExactly("r");
        assertThat(timers.judge(request, false)).isNull();
        clock.setCurrentTime(15_000);
        timers.inputTaken();
        clock.setCurrentTime(22_000);
        assertThat(due()).containsExactly("r");
        assertThat(timers.judge(request, false)).isNull();
        clock.setCurrentTime(25_000);
        assertThat(due()).containsExactly("r");
        assertThat(timers.judge(request, false)).isEqualTo(FinishReason.EXPIRED);
    }
}
