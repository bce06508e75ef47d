package io.rwkvtts.client;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Decides which records of the token topic a consumer takes, so that each request appears once,
 * whole and in order, although the job repeats records after a failure and a batch that Kafka gave
 * up can leave a gap before them.
 *
 * <p>For each request the rule takes exactly the next sequence, and drops smaller ones as repeated.
 * A larger one means that a record is missing which the job will repeat: its checkpoint cannot
 * complete without it. So the larger one is held aside. When the missing record comes, what was
 * held is thrown away, because the job repeats that, too, and an end made by a clock may not come
 * again. When it has not come after a timeout (Kafka deleted it, or it cannot be read), the gap is
 * reported and the held records are taken in order, so that nothing waits for ever.
 *
 * <p>A record that ends the request is taken if its sequence is the next one or smaller: a
 * repetition can be cancelled earlier than the first run was. Everything after it is dropped.
 *
 * <p>docs/consumers.md has all cases as a table. Not safe for use by several threads at once.
 *
 * @param <R> what a record is to the consumer
 */
public final class ConsumerRule<R> {

    /** How long the job remembers an ended request by default: tts.request.dedup-window. */
    public static final Duration DEDUP_WINDOW = Duration.ofHours(1);

    /** What a consumer has seen of requests that it was not told to expect. */
    public enum Join {
        /** It reads each partition from before them: they begin with sequence 0. */
        BEFORE_REQUESTS,
        /** They may have begun before: each is taken from the first record that is seen. */
        AMONG_REQUESTS
    }

    /**
     * A record to take.
     *
     * @param missing how many records of the request before it never came; 0 for none
     */
    public record Taken<R>(R record, long missing) {}

    private static final class Request<R> {
        private long next;
        private final HeldRecords<R> held = new HeldRecords<>();

        private Request(long next) {
            this.next = next;
        }
    }

    private final Join join;
    private final HoldLimits limits;
    private final long dedupMs;
    private final Map<String, Request<R>> open = new HashMap<>();
    private final Map<String, Request<R>> waiting = new LinkedHashMap<>();

    private final PausedClock clock;

    /** When each ended, in that order. */
    private final LinkedHashMap<String, Long> ended = new LinkedHashMap<>();

    private long heldBytes;
    private long dropped;

    /** A rule with the default limits. */
    public ConsumerRule(Join join) {
        this(join, HoldLimits.DEFAULT, DEDUP_WINDOW);
    }

    /**
     * A rule.
     *
     * @param limits of what is held
     * @param dedupWindow how long an ended request is remembered; its records are dropped until
     *     then. The job's tts.request.dedup-window
     */
    public ConsumerRule(Join join, HoldLimits limits, Duration dedupWindow) {
        this.join = requireNonNull(join, "join");
        this.limits = requireNonNull(limits, "limits");
        this.dedupMs = dedupWindow.toMillis();
        this.clock = new PausedClock(limits.longestStep());
    }

    /** A request that the consumer has sent, or is about to: it begins with sequence 0. */
    public void expect(String requestId) {
        expect(requestId, 0);
    }

    /**
     * A request of which the consumer already has some records: one that crashed and continues.
     * Nothing changes if the rule knows the request.
     *
     * @param nextSequence one more than the sequence of the last record taken
     */
    public void expect(String requestId, long nextSequence) {
        if (!ended.containsKey(requestId)) {
            open.computeIfAbsent(requestId, id -> new Request<>(nextSequence));
        }
    }

    /**
     * Forgets a request: what is held of it is dropped, and the rule no longer knows whether it has
     * ended.
     */
    public void forget(String requestId) {
        Request<R> request = open.remove(requestId);
        if (request != null) {
            throwAway(requestId, request);
        }
        ended.remove(requestId);
    }

    /**
     * Judges the next record of the topic. Records of a request must be given in the order of their
     * partition.
     *
     * @param end whether the record has a finish reason
     * @param record handed on if it is taken
     * @param bytes its size, for the limit of what is held
     * @param nowMs time in milliseconds that never runs back, such as that of {@link
     *     System#nanoTime}. Of the time between two calls a tenth of the timeout counts at most,
     *     but at least a second: a consumer that was paused first reads what Kafka has
     * @param taken hears of each record to take, in order
     */
    public void receive(
            String requestId,
            long sequence,
            boolean end,
            R record,
            int bytes,
            long nowMs,
            Consumer<Taken<R>> taken) {
        clock.advance(nowMs);
        forgetEnded();
        if (ended.containsKey(requestId)) {
            dropped++;
            return;
        }
        Request<R> request = open.get(requestId);
        if (request == null) {
            request = new Request<>(join == Join.BEFORE_REQUESTS ? 0 : sequence);
            open.put(requestId, request);
        }
        if (end && sequence <= request.next) {
            end(requestId, request);
            taken.accept(new Taken<>(record, 0));
        } else if (sequence > request.next) {
            hold(requestId, request, sequence, end, record, bytes);
        } else if (sequence == request.next) {
            // The job repeats all that follows as well.
            throwAway(requestId, request);
            request.next++;
            taken.accept(new Taken<>(record, 0));
        } else {
            dropped++;
        }
    }

    /** At a limit the newest is dropped: it comes again with the missing one, as all do. */
    private void hold(
            String requestId, Request<R> request, long sequence, boolean end, R record, int bytes) {
        HeldRecords<R> held = request.held;
        boolean full =
                held.chunks() >= limits.recordsPerRequest() || heldBytes + bytes > limits.bytes();
        // One end at least, or the request would stay open after the timeout.
        boolean needed = end && !held.hasEnd();
        if (held.contains(sequence, end) || full && !needed) {
            dropped++;
            return;
        }
        held.add(sequence, end, record, bytes, clock.ms());
        heldBytes += bytes;
        waiting.put(requestId, request);
    }

    private void throwAway(String requestId, Request<R> request) {
        if (waiting.remove(requestId) != null) {
            heldBytes -= request.held.bytes();
            dropped += request.held.size();
            request.held.clear();
        }
    }

    /**
     * Takes what has been held for longer than the timeout, and reports the gap before it. To be
     * called now and then, as after each poll, also if no record came.
     *
     * @param nowMs as for {@link #receive}
     * @param taken hears of each record to take, in order
     */
    public void expire(long nowMs, Consumer<Taken<R>> taken) {
        clock.advance(nowMs);
        forgetEnded();
        for (Map.Entry<String, Request<R>> entry : List.copyOf(waiting.entrySet())) {
            Request<R> request = entry.getValue();
            boolean done = false;
            long before = request.held.bytes();
            while (!done && overdue(request.held)) {
                done = takeAcrossGap(request, taken);
            }
            heldBytes -= before - request.held.bytes();
            if (done) {
                end(entry.getKey(), request);
            } else if (request.held.isEmpty()) {
                waiting.remove(entry.getKey());
            }
        }
    }

    private boolean overdue(HeldRecords<R> held) {
        return !held.isEmpty() && clock.ms() - held.sinceMs() >= limits.timeout().toMillis();
    }

    /**
     * Takes the held records from the first one on, up to the next gap.
     *
     * @return whether the request has ended
     */
    private boolean takeAcrossGap(Request<R> request, Consumer<Taken<R>> taken) {
        long first = request.held.firstSequence();
        long missing = Math.max(0, first - request.next);
        request.next = Math.max(first, request.next);
        while (true) {
            R end = request.held.takeEnd(request.next);
            R record = end == null ? request.held.takeChunk(request.next) : end;
            if (record == null) {
                return false;
            }
            taken.accept(new Taken<>(record, missing));
            if (end != null) {
                return true;
            }
            missing = 0;
            request.next++;
        }
    }

    private void end(String requestId, Request<R> request) {
        throwAway(requestId, request);
        open.remove(requestId);
        ended.put(requestId, clock.ms());
    }

    private void forgetEnded() {
        Iterator<Long> times = ended.values().iterator();
        while (times.hasNext() && clock.ms() - times.next() >= dedupMs) {
            times.remove();
        }
    }

    /** Records dropped so far: repeated ones, and what came after an end. */
    public long dropped() {
        return dropped;
    }

    /** Requests of which a record is being waited for. */
    public int waiting() {
        return waiting.size();
    }
}
