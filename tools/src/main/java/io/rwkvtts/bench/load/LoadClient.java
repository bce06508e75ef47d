package io.rwkvtts.bench.load;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TextEventProducer;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;

/**
 * Sends requests and takes note of what comes back.
 *
 * <p>Owns producer, consumer and a thread that reads. All methods may be called by any thread.
 */
final class LoadClient implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(5);
    private static final int CHUNKS_OF_A_PACE = 3;

    private final TextEventProducer producer;
    private final TokenListener listener;
    private final Thread reader;
    private final Map<String, RequestTrace> traces = new HashMap<>();
    private Latency interTokens = new Latency();
    private Consumer<RequestTrace> onEnd = trace -> {};
    private long tokens;
    private long globalTokens;
    private Exception failure;
    private boolean closed;

    LoadClient(KafkaSettings kafka) {
        producer = new TextEventProducer(kafka.properties(), kafka.requestsTopic());
        listener =
                new TokenListener(
                        kafka.properties(),
                        kafka.tokensTopic(),
                        TokenListener.Start.EARLIEST,
                        IsolationLevel.READ_COMMITTED);
        reader = new Thread(this::read, "load-client");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Forgets all requests, which must have ended or be of no interest any more, and starts again.
     *
     * @param onEnd hears of every request that ends, on the thread that reads; if it throws, the
     *     load is at its end
     */
    synchronized void begin(Consumer<RequestTrace> onEnd) {
        traces.clear();
        interTokens = new Latency();
        this.onEnd = onEnd;
    }

    /**
     * Sends a request on its own.
     *
     * @param dueAt when it should be sent, from which its times count
     */
    RequestTrace send(TextEvent request, long dueAt) {
        return send(request, dueAt, new StreamPace());
    }

    /**
     * Sends the next request of a stream.
     *
     * @param dueAt when it should be sent, from which its times count
     * @param stream whose pace continues with it; from then on this object's alone
     */
    RequestTrace send(TextEvent request, long dueAt, StreamPace stream) {
        RequestTrace trace = new RequestTrace(request.getRequestId(), dueAt, stream);
        synchronized (this) {
            traces.put(request.getRequestId(), trace);
        }
        producer.send(request);
        return trace;
    }

    /** Cancels those of some requests that have not ended, and waits until all have. */
    void cancel(List<RequestTrace> requests) throws InterruptedException {
        List<RequestTrace> running;
        synchronized (this) {
            running = requests.stream().filter(trace -> !trace.ended()).toList();
        }
        running.forEach(
                trace ->
                        producer.send(
                                TextEvent.newBuilder()
                                        .setRequestId(trace.id())
                                        .setCancel(true)
                                        .build()));
        awaitEnds(running);
    }

    private void read() {
        try {
            while (!closed()) {
                List<ReceivedTokens> records = listener.poll(POLL);
                long now = System.nanoTime();
                take(records, now).run();
            }
        } catch (Exception e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    /**
     * Returns what is to be said of the requests that ended: to whom it was to be said when they
     * did, since another measurement may begin as soon as the last one has ended.
     */
    private synchronized Runnable take(List<ReceivedTokens> records, long now) {
        List<RequestTrace> ended = new ArrayList<>();
        for (ReceivedTokens received : records) {
            AudioTokens record = received.tokens();
            RequestTrace trace = traces.get(record.getRequestId());
            if (trace == null) {
                continue;
            }
            long globalsBefore = trace.globalTokens();
            trace.received(record, now, interTokens);
            tokens += record.getTokens().size();
            globalTokens += trace.globalTokens() - globalsBefore;
            if (trace.ended()) {
                ended.add(trace);
            }
        }
        notifyAll();
        Consumer<RequestTrace> hears = onEnd;
        return () -> ended.forEach(hears);
    }

    /**
     * Waits until all of some requests have ended.
     *
     * @throws IllegalStateException if that takes longer than the {@link WaitLimit}
     */
    synchronized void awaitEnds(List<RequestTrace> requests) throws InterruptedException {
        await(() -> allEnded(requests), requests.size(), "their ends");
    }

    /** Whether all of some requests have ended. */
    synchronized boolean allEnded(List<RequestTrace> requests) {
        return requests.stream().allMatch(RequestTrace::ended);
    }

    /** Waits until each of some requests has its first chunk. */
    synchronized void awaitBeginnings(List<RequestTrace> requests) throws InterruptedException {
        await(
                () -> requests.stream().allMatch(trace -> trace.began() || trace.ended()),
                requests.size(),
                "their first chunks");
    }

    /** Starts again to take the pace of some streams. */
    synchronized void restartPace(List<StreamPace> streams) {
        streams.forEach(StreamPace::restart);
    }

    /**
     * The pace of some streams together, semantic tokens per second, since it was begun to be
     * taken. Waits until each of them has had {@value #CHUNKS_OF_A_PACE} chunks since.
     */
    synchronized double pace(List<StreamPace> streams) throws InterruptedException {
        await(
                () -> streams.stream().allMatch(stream -> stream.chunks() >= CHUNKS_OF_A_PACE),
                streams.size(),
                "their next chunks");
        return streams.stream().mapToDouble(StreamPace::tokensPerSecond).sum();
    }

    private void await(BooleanSupplier condition, int requests, String what)
            throws InterruptedException {
        WaitLimit limit = new WaitLimit(requests, tokens, System.nanoTime());
        while (!condition.getAsBoolean()) {
            requireRunning();
            wait(limit.nanosLeft(tokens, System.nanoTime(), what) / 1_000_000 + 1);
        }
    }

    /**
     * Requires that what comes back is read, and that {@code onEnd} had nothing against it.
     *
     * @throws IllegalStateException if not
     */
    synchronized void requireRunning() {
        if (failure != null) {
            throw new IllegalStateException(
                    "the load can't continue: " + failure.getMessage(), failure);
        }
    }

    /** What has come so far. */
    synchronized Received received() {
        return new Received(tokens, globalTokens);
    }

    /** Times between two tokens, averaged over a chunk, of the requests since the beginning. */
    synchronized Percentiles interTokens() {
        return interTokens.percentiles();
    }

    private synchronized boolean closed() {
        return closed;
    }

    /**
     * Tokens that have come.
     *
     * @param semantic tokens of audio
     * @param global tokens of speakers
     */
    record Received(long semantic, long global) {

        Received since(Received then) {
            return new Received(semantic - then.semantic, global - then.global);
        }
    }

    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
        }
        reader.join();
        listener.close();
        producer.close();
    }
}
