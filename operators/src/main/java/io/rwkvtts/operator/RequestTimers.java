package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.SpeechRequest;
import java.time.Duration;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * The clocks of requests: their deadline, and how long they may wait for their next event. Keyed
 * processing-time timers, so they survive a restore and need no step to run.
 *
 * <p>Owns: which timers are set; Flink owns the timers. A timer of a finished request fires in
 * vain. Every method works on the current key.
 */
final class RequestTimers {
    private final InternalTimerService<VoidNamespace> timers;
    private final long idleTimeoutMs;

    RequestTimers(InternalTimerService<VoidNamespace> timers, Duration idleTimeout) {
        this.timers = timers;
        this.idleTimeoutMs = idleTimeout.toMillis();
    }

    long now() {
        return timers.currentProcessingTime();
    }

    /** A new request came whose text is not complete. */
    void awaitNextEvent(SpeechRequest request) {
        set(idleEnd(request));
    }

    /** The attributes of a request are known. */
    void awaitDeadline(SpeechRequest request) {
        if (request.deadlineMs() != Long.MAX_VALUE) {
            set(request.deadlineMs());
        }
    }

    /**
     * How a request is to end now that a timer fired, null if it goes on; then its next timer is
     * set.
     *
     * @param busy whether it runs or waits for a slot: then it is not its sender who keeps it
     *     waiting
     */
    FinishReason due(SpeechRequest request, boolean busy, long timestampMs) {
        if (request.deadlineMs() <= timestampMs) {
            return FinishReason.DEADLINE;
        }
        if (request.textComplete()) {
            return null;
        }
        if (busy) {
            set(timestampMs + idleTimeoutMs);
            return null;
        }
        if (idleEnd(request) <= timestampMs) {
            return FinishReason.EXPIRED;
        }
        set(idleEnd(request));
        return null;
    }

    /** A request is done: its deadline, which may be far away, is forgotten. */
    void forget(SpeechRequest request) {
        if (request.deadlineMs() != Long.MAX_VALUE) {
            timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, request.deadlineMs());
        }
    }

    private void set(long timestampMs) {
        timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, timestampMs);
    }

    private long idleEnd(SpeechRequest request) {
        return request.idleSinceMs() + idleTimeoutMs;
    }
}
