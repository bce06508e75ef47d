package io.rwkvtts.client;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to a running job and receives their records, each once, whole and in order ({@link
 * ConsumerRule}).
 *
 * <p>The records of a request are read from a {@link SpeechStream} by a thread that waits for them,
 * or passed to a {@link SpeechListener}. All listeners are called on the client's one thread, so a
 * request with a listener needs no thread of its own. A client serves any number of requests at
 * once.
 *
 * <p>It reads all partitions of the token topic, from the time at which it was made, and drops what
 * belongs to requests of others by its key. So each request begins with sequence 0. What it keeps
 * of a request is bounded, and forgotten when the request ends.
 *
 * <p>Owns its connections and a thread. May be used by several threads.
 */
public final class SpeechClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SpeechClient.class);

    private static final Duration POLL = Duration.ofMillis(100);

    /** For the cancellations of what is open. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final SpeechSettings settings;
    private final TextEventProducer producer;
    private final RequestDispatcher dispatcher;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean cancelsAtClose = true;
    private volatile boolean reading = true;

    private SpeechClient(
            SpeechSettings settings, TextEventProducer producer, RequestDispatcher dispatcher) {
        this.settings = settings;
        this.producer = producer;
        this.dispatcher = dispatcher;
        this.thread = new Thread(this::read, "speech-client");
        thread.setDaemon(true);
    }

    /**
     * Connects, and begins to read.
     *
     * @throws IllegalArgumentException if the token topic does not exist
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be reached, or refuses
     */
    public static SpeechClient connect(SpeechSettings settings) {
        TextEventProducer producer =
                new TextEventProducer(
                        settings.kafka(), settings.requestsTopic(), settings.format());
        try {
            producer.requireTopic();
            LongSupplier ms = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            SpeechClient client =
                    new SpeechClient(
                            settings,
                            producer,
                            new RequestDispatcher(tokens(settings), settings, ms));
            client.thread.start();
            return client;
        } catch (RuntimeException e) {
            producer.close();
            throw e;
        }
    }

    /** Reads what is written from now on. */
    private static TokenConsumer tokens(SpeechSettings settings) {
        Properties properties = new Properties();
        properties.putAll(settings.kafka());
        // Where the place to read from is lost, repeated records do no harm.
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return TokenConsumer.connect(
                properties, settings.tokensTopic(), false, settings.isolation());
    }

    /** Sends a text as a request with an id of its own. */
    public SpeechStream speak(String text) {
        return speak(
                TextEvent.newBuilder()
                        .setRequestId(UUID.randomUUID().toString())
                        .setText(text)
                        .build());
    }

    /**
     * Sends a request whose records will be read from the stream.
     *
     * @param request its first event: id, attributes, and the whole text or, with {@code last =
     *     false}, its first piece, which may be empty. The id is not that of any other request
     * @throws IllegalArgumentException if this is not a first event, it cannot be sent, or a
     *     request of its id is open
     * @throws IllegalStateException if the client is closed, or Kafka cannot be read
     */
    public SpeechStream speak(TextEvent request) {
        return begin(stream(request.getRequestId()), request);
    }

    /**
     * Sends a request whose records are passed to a listener.
     *
     * @param request as for {@link #speak(TextEvent)}
     * @param listener may be called before this method returns
     */
    public SpeechRequest speak(TextEvent request, SpeechListener listener) {
        return begin(request(request.getRequestId(), listener), request);
    }

    private <R extends SpeechRequest> R begin(R request, TextEvent first) {
        requireFirst(first);
        dispatcher.add(request);
        try {
            request.begin(first);
        } catch (RuntimeException e) {
            dispatcher.remove(request);
            throw e;
        }
        return request;
    }

    private static void requireFirst(TextEvent event) {
        if (event.getRequestId().isBlank()) {
            throw new IllegalArgumentException("requestId is blank; expected an id of its own");
        }
        if (event.getSequence() != 0 || event.getCancel()) {
            throw new IllegalArgumentException(
                    ("the event has sequence %d and cancel %b; expected the first event of a"
                                    + " request, with 0 and false")
                            .formatted(event.getSequence(), event.getCancel()));
        }
    }

    /**
     * Continues to receive a request that was sent before, by this or another client, from a
     * sequence on. The client reads again what was written since then; its other requests do not
     * notice, but their next records come after that. Requests that are resumed while it does wait,
     * and share the next reading.
     *
     * <p>More text cannot be sent with what this returns, but the request can be cancelled.
     *
     * @param requestId of the request. It may be open here already: each of those who listen to it
     *     receives it on its own
     * @param nextSequence one more than the sequence of the last record that was received
     * @param lookBack how far to read back: to the time at which the request was sent, or earlier.
     *     If that is too short, its records are held as after a gap
     * @throws IllegalStateException if the client is closed, or Kafka cannot be read
     */
    public SpeechStream resume(String requestId, long nextSequence, Duration lookBack) {
        SpeechStream stream = stream(requestId);
        dispatcher.resume(stream, nextSequence, lookBack);
        return stream;
    }

    /**
     * Continues to receive a request that was sent before, as {@link #resume(String, long,
     * Duration)} does.
     *
     * @param listener receives its records
     */
    public SpeechRequest resume(
            String requestId, long nextSequence, Duration lookBack, SpeechListener listener) {
        SpeechRequest request = request(requestId, listener);
        dispatcher.resume(request, nextSequence, lookBack);
        return request;
    }

    private SpeechStream stream(String id) {
        return new SpeechStream(
                id, producer, new RecordQueue(settings.bufferedRecords()), dispatcher);
    }

    private SpeechRequest request(String id, SpeechListener listener) {
        return new SpeechRequest(id, producer, requireNonNull(listener, "listener"), dispatcher);
    }

    private void read() {
        SpeechException end = new SpeechException("the client is closed");
        try {
            while (!closed) {
                dispatcher.turn(POLL);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The token topic {} cannot be read", settings.tokensTopic(), e);
            end =
                    new SpeechException(
                            "the token topic %s cannot be read: %s"
                                    .formatted(settings.tokensTopic(), e),
                            e);
        } finally {
            reading = false;
            try {
                dispatcher.finish(end, cancelsAtClose);
            } finally {
                producer.close(CLOSE_LIMIT);
            }
        }
    }

    /**
     * Whether records are read. Once they are not, because the client was closed or Kafka refused,
     * they never are again: nothing can be sent or resumed, and another client is needed.
     */
    public boolean reading() {
        return reading;
    }

    /**
     * Disconnects without cancelling: the requests that are open fail here, but the job continues
     * them, so that another client can {@link #resume} them. Waits as {@link #close} does.
     */
    public void disconnect() {
        cancelsAtClose = false;
        close();
    }

    /**
     * Cancels the requests that are open, which fail, and disconnects. Waits until that is done,
     * unless a listener calls this. If Kafka does not take the cancellations within some seconds,
     * the requests run to their ends.
     */
    @Override
    public void close() {
        closed = true;
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_LIMIT.toMillis());
            if (thread.isAlive()) {
                // Ends its waiting for a broker.
                producer.close(Duration.ZERO);
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
