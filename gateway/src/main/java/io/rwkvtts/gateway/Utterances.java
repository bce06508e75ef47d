package io.rwkvtts.gateway;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechRequest;
import io.rwkvtts.client.SpeechSettings;
import io.rwkvtts.schema.TextEvent;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Begins utterances and resumes them.
 *
 * <p>Owns: the Kafka clients, the threads that decode, and the one on which all events are sent, so
 * that an event loop never waits for Kafka. For event loops.
 */
final class Utterances implements AutoCloseable {

    private final SpeechClient client;

    /** Reading back holds up the other requests of a client, so these have one of their own. */
    private final SpeechClient resumer;

    private final Utterance.Parts parts;
    private final Duration lookBack;
    private final ExecutorService decoders;

    /** Those that have not ended, and some that have. */
    private final Set<Utterance> open = ConcurrentHashMap.newKeySet();

    private final ExecutorService sender =
            Executors.newSingleThreadExecutor(task -> daemon(task, "gateway-sender"));

    /**
     * @param speech how to reach the job
     * @param decoder is closed by its owner, after this
     * @param threads that decode
     */
    Utterances(
            SpeechSettings speech,
            AudioDecoder decoder,
            int threads,
            GatewayMetrics metrics,
            GatewaySettings settings) {
        client = SpeechClient.connect(speech);
        try {
            resumer = SpeechClient.connect(speech);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
        lookBack = settings.limits().lookBack();
        decoders = Executors.newFixedThreadPool(threads, task -> daemon(task, "gateway-decoder"));
        parts = new Utterance.Parts(decoder, decoders, metrics, settings.gain(), settings.limits());
    }

    /** From now on, nothing more is sent: no cancellation of a client that leaves, above all. */
    void leaveRunning() {
        sender.shutdownNow();
    }

    private void send(Runnable task) {
        try {
            sender.execute(task);
        } catch (RejectedExecutionException closing) {
            // The gateway is closing: the job's requests continue.
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Whether the tokens can be read. Once they cannot, they never can again. */
    boolean reading() {
        return client.reading() && resumer.reading();
    }

    int sampleRate() {
        return parts.decoder().format().sampleRate();
    }

    /**
     * An utterance whose text is being sent. Its methods return at once; what they send leaves in
     * their order.
     */
    final class Speaking implements Utterance.Request {

        private final String id;
        private final Utterance utterance;
        private final CompletableFuture<SpeechRequest> request = new CompletableFuture<>();

        private Speaking(TextEvent first, UtteranceSink sink, Context context) {
            id = first.getRequestId();
            utterance = new Utterance(parts, context, sink, 0, this);
            utterance.addText(first.getText());
            open.add(utterance);
            send(
                    () -> {
                        try {
                            request.complete(client.speak(first, utterance));
                        } catch (RuntimeException e) {
                            request.completeExceptionally(e);
                            utterance.fail(e);
                        }
                    });
        }

        String id() {
            return id;
        }

        Utterance utterance() {
            return utterance;
        }

        void append(String text) {
            utterance.addText(text);
            sendEvent(r -> r.append(text));
        }

        void endText() {
            sendEvent(SpeechRequest::end);
        }

        @Override
        public void cancel() {
            sendEvent(SpeechRequest::cancel);
        }

        @Override
        public void leave() {
            sendEvent(SpeechRequest::leave);
        }

        private void sendEvent(Consumer<SpeechRequest> event) {
            send(
                    () -> {
                        if (request.isCompletedExceptionally()) {
                            return;
                        }
                        try {
                            event.accept(request.join());
                        } catch (RuntimeException e) {
                            utterance.fail(e);
                        }
                    });
        }
    }

    /**
     * Sends a request.
     *
     * @param first its first event, with an id of {@link RequestIds}
     */
    Speaking speak(TextEvent first, UtteranceSink sink, Context context) {
        return new Speaking(first, sink, context);
    }

    /**
     * Hears again a request that was sent before, by any gateway.
     *
     * @param fromSample the first sample that is wanted
     */
    Utterance resume(String id, long fromSample, UtteranceSink sink, Context context) {
        return new Resuming(id, fromSample, sink, context).utterance;
    }

    /** A request that was sent before. */
    private final class Resuming implements Utterance.Request {

        private final Utterance utterance;

        /** Null if it cannot be read. Belongs to the thread that sends. */
        private SpeechRequest request;

        private Resuming(String id, long fromSample, UtteranceSink sink, Context context) {
            utterance = new Utterance(parts, context, sink, fromSample, this);
            open.add(utterance);
            send(
                    () -> {
                        try {
                            request = resumer.resume(id, 0, lookBack, utterance);
                        } catch (RuntimeException e) {
                            utterance.fail(e);
                        }
                    });
        }

        /** The one who began it, and others, may listen to it. */
        @Override
        public void cancel() {}

        @Override
        public void leave() {
            send(
                    () -> {
                        if (request != null) {
                            request.leave();
                        }
                    });
        }
    }

    /** Ends those whose clients take nothing; to be called now and then. */
    void endStalled() {
        open.removeIf(Utterance::done);
        open.forEach(Utterance::endIfStalled);
    }

    /** Disconnects, and waits for what is being decoded. */
    @Override
    public void close() {
        leaveRunning();
        client.disconnect();
        resumer.disconnect();
        decoders.shutdownNow();
        try {
            decoders.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
