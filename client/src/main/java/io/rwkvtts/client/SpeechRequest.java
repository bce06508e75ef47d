package io.rwkvtts.client;

import io.rwkvtts.schema.TextEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A request that was sent with a {@link SpeechClient}. Its text may still be growing: the first
 * event said {@code last = false}, and {@link #append} and {@link #end} send the rest.
 *
 * <p>All methods may be called by any thread. They do not wait until Kafka has written an event.
 * But while no broker can be reached they wait for one, as long as {@code max.block.ms} of the
 * client's Kafka properties says (60 s by default). If Kafka does not take an event, the request
 * fails.
 */
public class SpeechRequest {

    /** Who reads the records of requests. */
    interface Owner {

        /** Kafka did not take an event of a request. Called on the producer's thread. */
        void sendFailed(SpeechRequest request, Exception cause);

        /**
         * Nobody listens to a request any more; the job is not told. May be called by any thread.
         */
        void left(SpeechRequest request);
    }

    private final String id;
    private final TextEventProducer producer;
    private final SpeechListener listener;
    private final Owner owner;
    private final CompletableFuture<RecordMetadata> written = new CompletableFuture<>();
    private long nextSequence;
    private boolean textEnded = true;
    private volatile boolean ended;
    private volatile boolean left;
    private volatile boolean active = true;

    /**
     * A request of which nothing was sent yet.
     *
     * @param owner reads its records
     */
    SpeechRequest(String id, TextEventProducer producer, SpeechListener listener, Owner owner) {
        this.id = id;
        this.producer = producer;
        this.listener = listener;
        this.owner = owner;
    }

    /** Its id. */
    public String id() {
        return id;
    }

    /** Sends the first event. */
    synchronized void begin(TextEvent first) {
        send(first);
        nextSequence = 1;
        textEnded = first.getLast();
    }

    /**
     * Sends the next piece of the text. Does nothing if the request has ended meanwhile.
     *
     * @throws IllegalStateException if the text has ended, or was not begun with this client
     * @throws IllegalArgumentException if the piece cannot be sent; the text may continue with
     *     another one
     */
    public void append(String text) {
        append(text, false);
    }

    /**
     * Ends the text with what was sent so far. Does nothing if the request has ended meanwhile.
     *
     * @throws IllegalStateException if the text has ended, or was not begun with this client
     */
    public void end() {
        end("");
    }

    /**
     * Sends the last piece of the text, as {@link #append} does.
     *
     * @throws IllegalStateException if the text has ended, or was not begun with this client
     * @throws IllegalArgumentException if the piece cannot be sent; the text may continue with
     *     another one
     */
    public void end(String text) {
        append(text, true);
    }

    private synchronized void append(String text, boolean last) {
        if (textEnded) {
            throw new IllegalStateException(
                    "the text of request %s has ended; to send one in pieces, begin with last = false"
                            .formatted(id));
        }
        if (!ended) {
            send(
                    TextEvent.newBuilder()
                            .setRequestId(id)
                            .setSequence(nextSequence)
                            .setText(text)
                            .setLast(last)
                            .build());
        }
        nextSequence++;
        textEnded = last;
    }

    /**
     * Ends the request: the job generates no further step once it has read this. Its records follow
     * until the end, whose finish reason is {@code cancelled} if it was in time. Does nothing if
     * the request has ended.
     *
     * @throws IllegalArgumentException if the job reads plain text, which knows no cancellation
     */
    public synchronized void cancel() {
        if (!ended) {
            send(TextEvent.newBuilder().setRequestId(id).setCancel(true).build());
        }
    }

    /**
     * Stops to listen. The job is not told: it continues the request, which can be {@link
     * SpeechClient#resume resumed}, here too. The listener is not called any more, save for a call
     * that is under way. Does nothing if the request has ended.
     */
    public void leave() {
        left = true;
        owner.left(this);
    }

    boolean cancellable() {
        return producer.sendsAttributes();
    }

    private void send(TextEvent event) {
        active = true;
        producer.send(
                event,
                (where, failure) -> {
                    if (failure != null) {
                        written.completeExceptionally(failure);
                        owner.sendFailed(this, failure);
                    } else {
                        written.complete(where);
                    }
                });
    }

    /** Where Kafka has written the first event, once it has. Completed by the producer's thread. */
    public CompletionStage<RecordMetadata> written() {
        return written.minimalCompletionStage();
    }

    /** Whether the last record has come, or none will. */
    public boolean ended() {
        return ended;
    }

    void received(ReceivedTokens record) {
        active = true;
        ended = record.end();
        if (!left) {
            listener.received(record);
        }
    }

    void failed(SpeechException cause) {
        ended = true;
        if (!left) {
            listener.failed(cause);
        }
    }

    /** Whether anything was sent or received since the last call. */
    boolean takeActivity() {
        boolean was = active;
        active = false;
        return was;
    }
}
