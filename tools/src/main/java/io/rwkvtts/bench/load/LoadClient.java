package io.rwkvtts.bench.load;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechException;
import io.rwkvtts.client.SpeechListener;
import io.rwkvtts.client.SpeechRequest;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.ClientSettings;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;

/**
 * Sends requests and takes note of what comes back. All methods may be called by any thread.
 *
 * <p>Owns the connection.
 */
final class LoadClient implements AutoCloseable {

    private static final int CHUNKS_OF_A_PACE = 3;

    private final SpeechClient client;
    private final Map<RequestTrace, SpeechRequest> requests = new HashMap<>();
    private Latency interTokens = new Latency();
    private Consumer<RequestTrace> onEnd = trace -> {};
    private long tokens;
    private long globalTokens;
    private Exception failure;

    LoadClient(KafkaSettings kafka) {
        client =
                SpeechClient.connect(
                        ClientSettings.of(kafka).withIsolation(IsolationLevel.READ_COMMITTED));
    }

    /**
     * Forgets all requests, which must have ended or be of no interest any more, and starts again.
     *
     * @param onEnd hears of every request that ends, on the thread that reads; if it throws, the
     *     load is at its end
     */
    synchronized void begin(Consumer<RequestTrace> onEnd) {
        requests.clear();
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
    synchronized RequestTrace send(TextEvent request, long dueAt, StreamPace stream) {
        RequestTrace trace = new RequestTrace(request.getRequestId(), dueAt, stream);
        requests.put(trace, client.speak(request, new Tracer(trace)));
        return trace;
    }

    /** Cancels those of some requests that have not ended, and waits until all have. */
    synchronized void cancel(List<RequestTrace> traces) throws InterruptedException {
        List<RequestTrace> running = traces.stream().filter(trace -> !trace.ended()).toList();
        running.forEach(trace -> requests.get(trace).cancel());
        awaitEnds(running);
    }

    /** Takes note of what comes of a request. */
    private final class Tracer implements SpeechListener {

        private final RequestTrace trace;

        private Tracer(RequestTrace trace) {
            this.trace = trace;
        }

        @Override
        public void received(ReceivedTokens received) {
            Consumer<RequestTrace> hears = take(trace, received.tokens());
            if (received.end()) {
                try {
                    hears.accept(trace);
                } catch (RuntimeException e) {
                    fail(e);
                }
            }
        }

        @Override
        public void failed(SpeechException cause) {
            fail(cause);
        }
    }

    /**
     * Returns who is to hear of the end of the request: another measurement may begin as soon as
     * the last one has ended.
     */
    private synchronized Consumer<RequestTrace> take(RequestTrace trace, AudioTokens record) {
        if (!requests.containsKey(trace)) {
            return forgotten -> {};
        }
        long globalsBefore = trace.globalTokens();
        trace.received(record, System.nanoTime(), interTokens);
        tokens += record.getTokens().size();
        globalTokens += trace.globalTokens() - globalsBefore;
        notifyAll();
        return onEnd;
    }

    private synchronized void fail(Exception cause) {
        failure = failure == null ? cause : failure;
        notifyAll();
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
    public void close() {
        client.close();
    }
}
