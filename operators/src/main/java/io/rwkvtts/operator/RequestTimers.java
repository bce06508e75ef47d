package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.SpeechRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/**
 * The clocks of requests: their deadline, and how long they may wait for their next event. They
 * follow from the requests themselves, so a restore sets them again.
 *
 * <p>Flink's keyed timers fire one time stamp a mail, and a mail waits for the running step: of
 * many deadlines each would be another step late. Here all that is due ends together, before every
 * step ({@link #nextDue}); a timer of the task is set for the earliest only, for when nothing
 * steps.
 *
 * <p>Owns: one alarm for each request that has a time to end, and the timer. Lifecycle: made in
 * {@code open}. For the task thread.
 */
final class RequestTimers {

    /** When a request is to be looked at. */
    private record Alarm(long atMs, String id) {}

    private static final Comparator<Alarm> ORDER =
            Comparator.comparing(Alarm::atMs).thenComparing(Alarm::id);
    private static final long NEVER = Long.MAX_VALUE;

    private final ProcessingTimeService clock;
    private final long idleTimeoutMs;
    private final Runnable wake;
    private final TreeSet<Alarm> alarms = new TreeSet<>(ORDER);
    private final Map<String, Alarm> byId = new HashMap<>();
    private boolean inputHeld;
    private long heldUntilMs;
    private ScheduledFuture<?> timer;
    private long timerMs = NEVER;

    /**
     * @param wake called when a request is due, even if nothing steps
     */
    RequestTimers(ProcessingTimeService clock, Duration idleTimeout, Runnable wake) {
        this.clock = clock;
        this.idleTimeoutMs = idleTimeout.toMillis();
        this.wake = wake;
    }

    long now() {
        return clock.getCurrentProcessingTime();
    }

    /** No event is taken in from now on, so no request is kept waiting by its sender. */
    void inputHeld() {
        inputHeld = true;
    }

    /** Events are taken in: if they were held, those that wait for theirs begin to wait again. */
    void inputTaken() {
        if (inputHeld) {
            inputHeld = false;
            heldUntilMs = now();
        }
    }

    /** A request was restored, or an event of it was taken in. */
    void watch(SpeechRequest request) {
        Alarm alarm = byId.get(request.id());
        long endMs = Math.min(request.deadlineMs(), idleEndMs(request));
        // A later one is found out when the earlier rings.
        if (alarm == null || endMs < alarm.atMs()) {
            set(request.id(), endMs);
        }
    }

    /** A request has ended. */
    void forget(SpeechRequest request) {
        set(request.id(), NEVER);
    }

    /** Takes out the alarm of a request that is due now: its id, null if none is. */
    String nextDue() {
        if (alarms.isEmpty() || alarms.first().atMs() > now()) {
            return null;
        }
        String id = alarms.first().id();
        set(id, NEVER);
        return id;
    }

    /**
     * How a request is to end that was due, null if it continues. The next alarm is set, also for
     * one that expires: its deadline may come before its end is written.
     *
     * @param busy whether it runs or waits for a slot: then it is not its sender who keeps it
     *     waiting
     */
    FinishReason judge(SpeechRequest request, boolean busy) {
        long now = now();
        if (request.deadlineMs() <= now) {
            return FinishReason.DEADLINE;
        }
        long idleEndMs = idleEndMs(request);
        if (idleEndMs <= now) {
            if (!busy && !inputHeld) {
                set(request.id(), request.deadlineMs());
                return FinishReason.EXPIRED;
            }
            idleEndMs = now + idleTimeoutMs;
        }
        set(request.id(), Math.min(request.deadlineMs(), idleEndMs));
        return null;
    }

    private long idleEndMs(SpeechRequest request) {
        return request.textComplete()
                ? NEVER
                : Math.max(request.idleSinceMs(), heldUntilMs) + idleTimeoutMs;
    }

    private void set(String id, long atMs) {
        Alarm alarm = byId.remove(id);
        if (alarm != null) {
            alarms.remove(alarm);
        }
        if (atMs != NEVER) {
            alarm = new Alarm(atMs, id);
            byId.put(id, alarm);
            alarms.add(alarm);
        }
        setTimer();
    }

    /** A timer that is too early fires in vain, once. */
    private void setTimer() {
        long earliestMs = alarms.isEmpty() ? NEVER : alarms.first().atMs();
        if (earliestMs < timerMs || alarms.isEmpty()) {
            if (timer != null) {
                timer.cancel(false);
            }
            timerMs = earliestMs;
            timer = earliestMs == NEVER ? null : clock.registerTimer(earliestMs, at -> ring());
        }
    }

    private void ring() {
        timer = null;
        timerMs = NEVER;
        wake.run();
        setTimer();
    }
}
