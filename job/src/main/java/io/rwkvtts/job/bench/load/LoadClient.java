package io.rwkvtts.job.bench.load;

import io.rwkvtts.job.client.ReceivedTokens;
import io.rwkvtts.job.client.TextEventProducer;
import io.rwkvtts.job.client.TokenListener;
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
                        TokenListener.Start.LATEST,
                        IsolationLevel.READ_COMMITTED);
        reader = new Thread(this::read, "load-client");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Forgets all requests, which must have ended or be of no interest any more, and begins anew.
     *
     * @param onEnd hears of every request that ends, on the thread that reads
     */
    synchronized void begin(Consumer<RequestTrace> onEnd) {
        traces.clear();
        interTokens = new Latency();
        this.onEnd = onEnd;
    }

    /**
     * Sends a request.
     *
     * @param dueAt when it should be sent, from which its times count
     */
    RequestTrace send(TextEvent request, long dueAt) {
        RequestTrace trace = new RequestTrace(request.getRequestId(), dueAt);
        synchronized (this) {
            traces.put(request.getRequestId(), trace);
        }
        producer.send(request);
        return trace;
    }

    /** Cancels those of some requests that have not ended, and waits until all have. */
    void cancel(List<RequestTrace> requests, Duration quietLimit) throws InterruptedException {
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
        awaitEnds(running, quietLimit);
    }

    private void read() {
        try {
            while (!closed()) {
                List<ReceivedTokens> records = listener.poll(POLL);
                long now = System.nanoTime();
                for (RequestTrace ended : take(records, now)) {
                    onEnd().accept(ended);
                }
            }
        } catch (Exception e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    private synchronized List<RequestTrace> take(List<ReceivedTokens> records, long now) {
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
        return ended;
    }

    private synchronized Consumer<RequestTrace> onEnd() {
        return onEnd;
    }

    /**
     * Waits until all of some requests have ended.
     *
     * @throws IllegalStateException if nothing came back for so long
     */
    synchronized void awaitEnds(List<RequestTrace> requests, Duration quietLimit)
            throws InterruptedException {
        await(() -> requests.stream().allMatch(RequestTrace::ended), quietLimit, "their ends");
    }

    /** Whether all of some requests have ended. */
    synchronized boolean allEnded(List<RequestTrace> requests) {
        return requests.stream().allMatch(RequestTrace::ended);
    }

    /** Waits until each of some requests has its first chunk. */
    synchronized void awaitBeginnings(List<RequestTrace> requests, Duration quietLimit)
            throws InterruptedException {
        await(
                () -> requests.stream().allMatch(trace -> trace.began() || trace.ended()),
                quietLimit,
                "their first chunks");
    }

    /** Begins to take the pace of some requests anew. */
    synchronized void restartPace(List<RequestTrace> requests) {
        requests.forEach(RequestTrace::restartPace);
    }

    /**
     * The pace of some requests together, semantic tokens per second, since it was begun to be
     * taken. Waits until each of them has had {@value #CHUNKS_OF_A_PACE} chunks since.
     */
    synchronized double pace(List<RequestTrace> requests, Duration quietLimit)
            throws InterruptedException {
        await(
                () -> requests.stream().allMatch(trace -> trace.pacedChunks() >= CHUNKS_OF_A_PACE),
                quietLimit,
                "their next chunks");
        return requests.stream().mapToDouble(RequestTrace::pace).sum();
    }

    private void await(BooleanSupplier condition, Duration quietLimit, String what)
            throws InterruptedException {
        long seen = tokens;
        long limit = System.nanoTime() + quietLimit.toNanos();
        while (!condition.getAsBoolean()) {
            requireRunning();
            long left = limit - System.nanoTime();
            if (left <= 0) {
                throw new IllegalStateException(
                        "requests wait for %s, but nothing came for %d s"
                                .formatted(what, quietLimit.toSeconds()));
            }
            wait(left / 1_000_000 + 1);
            if (tokens > seen) {
                seen = tokens;
                limit = System.nanoTime() + quietLimit.toNanos();
            }
        }
    }

    /**
     * Requires that what comes back can be read.
     *
     * @throws IllegalStateException if it cannot
     */
    synchronized void requireRunning() {
        if (failure != null) {
            throw new IllegalStateException("the token topic cannot be read", failure);
        }
    }

    /** What has come so far. */
    synchronized Received received() {
        return new Received(tokens, globalTokens);
    }

    /** Times between two tokens of the requests since the beginning. */
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
