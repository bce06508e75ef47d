package io.rwkvtts.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the token topic and hands each record to the open request that it belongs to.
 *
 * <p>Owns the listener. {@link #turn} and {@link #finish} belong to one thread, on which all
 * listeners are called; the other methods may be called by any.
 */
final class RequestDispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    private static final long IDLE_CHECK_MS = 1_000;

    private final Map<String, OpenRequest> requests = new ConcurrentHashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final TokenListener listener;
    private final Duration idleTimeout;
    private final LongSupplier realMs;
    private final PausedClock clock;
    private long nextIdleCheckMs;
    private SpeechException finished;

    /**
     * Connects.
     *
     * @param connect makes the listener, given which records it is to look at
     * @param realMs time in milliseconds that never runs back
     */
    RequestDispatcher(
            Function<Predicate<ConsumerRecord<byte[], byte[]>>, TokenListener> connect,
            SpeechSettings settings,
            LongSupplier realMs) {
        this.listener = connect.apply(this::isWanted);
        this.idleTimeout = settings.idleTimeout();
        this.realMs = realMs;
        this.clock = new PausedClock(settings.holdLimits().longestStep());
    }

    /**
     * Adds a request that is about to be sent.
     *
     * @throws IllegalArgumentException if one of the same id is open
     * @throws IllegalStateException if no more records are read
     */
    void add(SpeechRequest request) {
        add(request, 0);
    }

    private synchronized void add(SpeechRequest request, long firstSequence) {
        requireRunning();
        if (requests.putIfAbsent(request.id(), new OpenRequest(request, firstSequence)) != null) {
            throw new IllegalArgumentException(
                    "request %s is open already; each request needs an id of its own"
                            .formatted(request.id()));
        }
    }

    /** Takes back a request that could not be sent. */
    void remove(SpeechRequest request) {
        requests.remove(request.id());
    }

    /** Whether a record belongs to an open request, which has not seen it. */
    private boolean isWanted(ConsumerRecord<byte[], byte[]> record) {
        OpenRequest open =
                record.key() == null ? null : requests.get(new String(record.key(), UTF_8));
        return open != null && open.read(record);
    }

    /**
     * Adds a request that is running, and reads all of it again. The rule sees it from its
     * beginning, the request only what it wants.
     *
     * @param nextSequence of the first record that is wanted
     * @param lookBack how far to read back: to the first record of the request, or further
     * @throws IllegalStateException if no more records are read
     */
    synchronized void resume(SpeechRequest request, long nextSequence, Duration lookBack) {
        requireRunning();
        tasks.add(
                () -> {
                    try {
                        add(request, nextSequence);
                    } catch (RuntimeException e) {
                        tell(request, new SpeechException(e.getMessage(), e));
                        return;
                    }
                    try {
                        listener.readBack(lookBack);
                    } catch (RuntimeException e) {
                        close(request.id());
                        tell(
                                request,
                                new SpeechException(
                                        "request %s cannot be read back: %s"
                                                .formatted(request.id(), e.getMessage()),
                                        e));
                    }
                });
    }

    private void requireRunning() {
        if (finished != null) {
            throw new IllegalStateException(finished.getMessage(), finished);
        }
    }

    /** Kafka did not take an event of a request, so it is not whole: it fails. */
    void sendFailed(String id, Exception cause) {
        tasks.add(
                () ->
                        abandon(
                                id,
                                new SpeechException(
                                        "Kafka did not take an event of request %s: %s"
                                                .formatted(id, cause.getMessage()),
                                        cause)));
    }

    /** Reads once, and hands out what has come. */
    void turn(Duration wait) {
        runTasks();
        List<ReceivedTokens> records = listener.poll(wait);
        records.forEach(this::deliver);
        clock.advance(realMs.getAsLong());
        if (clock.ms() >= nextIdleCheckMs) {
            nextIdleCheckMs = clock.ms() + IDLE_CHECK_MS;
            failIdle();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void deliver(ReceivedTokens record) {
        String id = record.tokens().getRequestId();
        OpenRequest open = requests.get(id);
        if (open == null || !open.wants(record)) {
            return;
        }
        if (record.end()) {
            close(id);
        }
        try {
            open.request().received(record);
        } catch (RuntimeException e) {
            abandon(open.request(), asSpeechException(id, e));
        }
    }

    private static SpeechException asSpeechException(String id, RuntimeException e) {
        return e instanceof SpeechException speech
                ? speech
                : new SpeechException(
                        "the listener of request %s threw %s".formatted(id, e.toString()), e);
    }

    private void failIdle() {
        for (OpenRequest open : requests.values()) {
            if (open.isIdle(clock.ms(), idleTimeout)) {
                abandon(
                        open.request(),
                        new SpeechException(
                                "nothing was sent or received of request %s for %d s"
                                        .formatted(open.request().id(), idleTimeout.toSeconds())));
            }
        }
    }

    private void abandon(String id, SpeechException cause) {
        OpenRequest open = requests.get(id);
        if (open != null) {
            abandon(open.request(), cause);
        }
    }

    /** Nobody takes any more of it, so the job need not generate it. */
    private void abandon(SpeechRequest request, SpeechException cause) {
        try {
            request.cancel();
        } catch (RuntimeException e) {
            LOG.warn("Request {} cannot be cancelled: {}", request.id(), e.toString());
        }
        close(request.id());
        tell(request, cause);
    }

    private void close(String id) {
        requests.remove(id);
        listener.forget(id);
    }

    private static void tell(SpeechRequest request, SpeechException cause) {
        try {
            request.failed(cause);
        } catch (RuntimeException e) {
            LOG.warn("The listener of request {} threw", request.id(), e);
        }
    }

    /**
     * Fails what is open, and disconnects.
     *
     * @param cause what the requests fail with
     * @param cancel whether they are also cancelled
     */
    void finish(SpeechException cause, boolean cancel) {
        synchronized (this) {
            finished = requireNonNull(cause, "cause");
        }
        runTasks();
        for (OpenRequest open : requests.values()) {
            if (cancel) {
                abandon(open.request(), cause);
            } else {
                close(open.request().id());
                tell(open.request(), cause);
            }
        }
        listener.close();
    }
}
