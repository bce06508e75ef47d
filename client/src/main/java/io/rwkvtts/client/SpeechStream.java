package io.rwkvtts.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A request whose records are read one by one, by a thread that waits for them: an iteration ends
 * with the record that {@link ReceivedTokens#end ends} the request. What comes while nobody reads
 * is kept up to the limit of {@link SpeechSettings#bufferedRecords}; beyond it the request is
 * cancelled and the reader gets what was kept, then a {@link SpeechException}.
 *
 * <p>Records may be taken by one thread at a time. Closing it cancels a request that has not ended.
 */
public final class SpeechStream extends SpeechRequest
        implements Iterable<ReceivedTokens>, AutoCloseable {

    private final RecordQueue queue;

    SpeechStream(String id, TextEventProducer producer, RecordQueue queue, Owner owner) {
        super(id, producer, queue, owner);
        this.queue = queue;
    }

    /**
     * Waits for the next record.
     *
     * @param timeout how long to wait at most
     * @return null if none came, or the one that ends the request has been taken
     * @throws SpeechException if none will come although the request has not ended
     */
    public ReceivedTokens poll(Duration timeout) throws InterruptedException {
        return queue.poll(timeout);
    }

    /**
     * The records not taken yet. {@code hasNext} waits, and throws a {@link SpeechException} if no
     * more come although the request has not ended, or the thread is interrupted, which then stays
     * marked so.
     */
    @Override
    public Iterator<ReceivedTokens> iterator() {
        return new Iterator<>() {
            private ReceivedTokens next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = await();
                }
                return next != null;
            }

            @Override
            public ReceivedTokens next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("request " + id() + " has ended");
                }
                ReceivedTokens record = next;
                next = null;
                return record;
            }
        };
    }

    private ReceivedTokens await() {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SpeechException("interrupted while waiting for request " + id(), e);
        }
    }

    /** Stops to listen, as {@link SpeechRequest#leave} does. Who waits for a record gets none. */
    @Override
    public void leave() {
        queue.close();
        super.leave();
    }

    /**
     * Cancels the request if it has not ended; one in plain text cannot be cancelled and is
     * generated to its end. Who waits for a record gets none.
     */
    @Override
    public void close() {
        queue.close();
        if (cancellable()) {
            cancel();
        }
    }
}
