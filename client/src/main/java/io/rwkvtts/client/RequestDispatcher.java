package io.rwkvtts.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.rwkvtts.client.ConsumerRule.Join;
import io.rwkvtts.client.ConsumerRule.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the token topic and hands each record to the open requests that it belongs to: one, or
 * several if it was resumed more than once. Each of those is given it by the consumer's rule as if
 * it were alone.
 *
 * <p>Owns the consumer. {@link #turn} and {@link #finish} belong to one thread, on which all
 * listeners are called; the other methods may be called by any.
 */
final class RequestDispatcher implements SpeechRequest.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    private static final long IDLE_CHECK_MS = 1_000;

    /** A record for one of those who read its request. */
    private record Heard(OpenRequest open, ReceivedTokens record) {}

    /** A request that waits to be read back. */
    private record Resumed(OpenRequest open, Duration lookBack) {}

    /** By id; the lists do not change. */
    private final Map<String, List<OpenRequest>> requests = new ConcurrentHashMap<>();

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicLong readers = new AtomicLong();
    private final List<Resumed> resumed = new ArrayList<>();
    private final TokenConsumer consumer;
    private final ConsumerRule<Heard> rule;
    private final Duration idleTimeout;
    private final LongSupplier realMs;
    private final PausedClock clock;
    private long nextIdleCheckMs;
    private SpeechException finished;

    /**
     * @param consumer of the token topic, from the present on
     * @param realMs time in milliseconds that never runs back
     */
    RequestDispatcher(TokenConsumer consumer, SpeechSettings settings, LongSupplier realMs) {
        this.consumer = consumer;
        this.idleTimeout = settings.idleTimeout();
        this.realMs = realMs;
        this.clock = new PausedClock(settings.holdLimits().longestStep());
        this.rule =
                new ConsumerRule<>(
                        Join.BEFORE_REQUESTS, settings.holdLimits(), ConsumerRule.DEDUP_WINDOW);
    }

    /**
     * Adds a request that is about to be sent.
     *
     * @throws IllegalArgumentException if one of the same id is open
     * @throws IllegalStateException if no more records are read
     */
    synchronized void add(SpeechRequest request) {
        requireRunning();
        List<OpenRequest> one = List.of(open(request, 0));
        if (requests.putIfAbsent(request.id(), one) != null) {
            throw new IllegalArgumentException(
                    "request %s is open already; each request needs an id of its own"
                            .formatted(request.id()));
        }
    }

    private OpenRequest open(SpeechRequest request, long firstSequence) {
        String reader = request.id() + '/' + readers.incrementAndGet();
        return new OpenRequest(reader, request, firstSequence);
    }

    /** Takes back a request that could not be sent. */
    void remove(SpeechRequest request) {
        OpenRequest open = find(request);
        if (open != null) {
            remove(open);
        }
    }

    private OpenRequest find(SpeechRequest request) {
        for (OpenRequest open : requests.getOrDefault(request.id(), List.of())) {
            if (open.request() == request) {
                return open;
            }
        }
        return null;
    }

    private void remove(OpenRequest gone) {
        requests.computeIfPresent(
                gone.request().id(),
                (id, all) -> {
                    List<OpenRequest> rest = all.stream().filter(open -> open != gone).toList();
                    return rest.isEmpty() ? null : rest;
                });
    }

    /**
     * Adds a request that is running, and reads all of it again. The rule sees it from its
     * beginning, the request only what it wants. Those that are resumed while others are read back
     * wait until that is done, and are then read back together: however many there are, each waits
     * for two readings at most.
     *
     * @param nextSequence of the first record that is wanted
     * @param lookBack how far to read back: to the first record of the request, or further
     * @throws IllegalStateException if no more records are read
     */
    synchronized void resume(SpeechRequest request, long nextSequence, Duration lookBack) {
        requireRunning();
        Resumed added = new Resumed(open(request, nextSequence), lookBack);
        tasks.add(() -> resumed.add(added));
    }

    private void readBack() {
        if (resumed.isEmpty() || consumer.readingBack()) {
            return;
        }
        List<Resumed> together = List.copyOf(resumed);
        resumed.clear();
        Duration furthest = Duration.ZERO;
        for (Resumed one : together) {
            furthest = one.lookBack().compareTo(furthest) > 0 ? one.lookBack() : furthest;
            requests.merge(
                    one.open().request().id(),
                    List.of(one.open()),
                    (all, more) -> Stream.concat(all.stream(), more.stream()).toList());
        }
        try {
            consumer.readBack(furthest);
        } catch (RuntimeException e) {
            for (Resumed one : together) {
                close(one.open());
                tell(
                        one.open().request(),
                        new SpeechException(
                                "request %s cannot be read back: %s"
                                        .formatted(one.open().request().id(), e.getMessage()),
                                e));
            }
        }
    }

    private void requireRunning() {
        if (finished != null) {
            throw new IllegalStateException(finished.getMessage(), finished);
        }
    }

    /** The request is not whole, so it fails. */
    @Override
    public void sendFailed(SpeechRequest request, Exception cause) {
        tasks.add(
                () -> {
                    OpenRequest open = find(request);
                    if (open != null) {
                        abandon(
                                open,
                                new SpeechException(
                                        "Kafka did not take an event of request %s: %s"
                                                .formatted(request.id(), cause.getMessage()),
                                        cause));
                    }
                });
    }

    @Override
    public void left(SpeechRequest request) {
        tasks.add(
                () -> {
                    resumed.removeIf(waiting -> waiting.open().request() == request);
                    OpenRequest open = find(request);
                    if (open != null) {
                        close(open);
                    }
                });
    }

    /** Reads once, and hands out what has come. */
    void turn(Duration wait) {
        runTasks();
        readBack();
        poll(wait).forEach(this::deliver);
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

    private List<Heard> poll(Duration wait) {
        List<Heard> accepted = new ArrayList<>();
        Consumer<Taken<Heard>> taken =
                next ->
                        accepted.add(
                                new Heard(
                                        next.record().open(),
                                        next.record().record().after(next.missing())));
        ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
        long nowMs = realMs.getAsLong();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            receive(record, nowMs, taken);
        }
        rule.expire(nowMs, taken);
        return accepted;
    }

    private void receive(
            ConsumerRecord<byte[], byte[]> record, long nowMs, Consumer<Taken<Heard>> taken) {
        String id = record.key() == null ? "" : new String(record.key(), UTF_8);
        ReceivedTokens received = null;
        for (OpenRequest open : requests.getOrDefault(id, List.of())) {
            if (!open.read(record)) {
                continue;
            }
            received = received == null ? consumer.decode(record) : received;
            if (received == null || !received.tokens().getRequestId().equals(id)) {
                return;
            }
            rule.receive(
                    open.reader(),
                    received.tokens().getSequence(),
                    received.end(),
                    new Heard(open, received),
                    record.serializedValueSize(),
                    nowMs,
                    taken);
        }
    }

    private void deliver(Heard heard) {
        OpenRequest open = heard.open();
        ReceivedTokens record = heard.record();
        if (find(open.request()) == null || !open.wants(record)) {
            return;
        }
        if (record.end()) {
            close(open);
        }
        try {
            open.request().received(record);
        } catch (RuntimeException e) {
            abandon(open, asSpeechException(open.request().id(), e));
        }
    }

    private static SpeechException asSpeechException(String id, RuntimeException e) {
        return e instanceof SpeechException speech
                ? speech
                : new SpeechException(
                        "the listener of request %s threw %s".formatted(id, e.toString()), e);
    }

    private void failIdle() {
        for (OpenRequest open : all()) {
            if (open.isIdle(clock.ms(), idleTimeout)) {
                abandon(
                        open,
                        new SpeechException(
                                "nothing was sent or received of request %s for %d s"
                                        .formatted(open.request().id(), idleTimeout.toSeconds())));
            }
        }
    }

    private List<OpenRequest> all() {
        return requests.values().stream().flatMap(List::stream).toList();
    }

    /** Nobody takes any more of it, so the job need not generate it. */
    private void abandon(OpenRequest open, SpeechException cause) {
        SpeechRequest request = open.request();
        try {
            request.cancel();
        } catch (RuntimeException e) {
            LOG.warn("Request {} cannot be cancelled: {}", request.id(), e.toString());
        }
        close(open);
        tell(request, cause);
    }

    private void close(OpenRequest open) {
        remove(open);
        rule.forget(open.reader());
    }

    private static void tell(SpeechRequest request, SpeechException cause) {
        try {
            request.failed(cause);
        } catch (RuntimeException e) {
            LOG.warn("The listener of request {} threw", request.id(), e);
        }
    }

    /** Requests that are listened to; one counts as often as it was resumed. */
    int open() {
        return all().size() + resumed.size();
    }

    /** Requests of which a record is being waited for. */
    int waiting() {
        return rule.waiting();
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
        List<OpenRequest> open = new ArrayList<>(all());
        resumed.forEach(waiting -> open.add(waiting.open()));
        for (OpenRequest one : open) {
            if (cancel) {
                abandon(one, cause);
            } else {
                close(one);
                tell(one.request(), cause);
            }
        }
        consumer.close();
    }
}
