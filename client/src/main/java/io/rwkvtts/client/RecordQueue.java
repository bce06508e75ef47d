package io.rwkvtts.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** Records of one request that wait to be read. May be used by several threads. */
final class RecordQueue implements SpeechListener {

    private final int limit;
    private final Queue<ReceivedTokens> records = new ArrayDeque<>();
    private SpeechException failure;
    private boolean complete;

    /**
     * An empty queue.
     *
     * @param limit most records that wait, not counting the one that ends the request
     */
    RecordQueue(int limit) {
        this.limit = limit;
    }

    /**
     * @throws SpeechException if too many are waiting
     */
    @Override
    public synchronized void received(ReceivedTokens record) {
        if (complete) {
            return;
        }
        if (records.size() >= limit && !record.end()) {
            throw new SpeechException(
                    ("request %s is read too slowly: %,d records wait, at most %,d may. Read faster,"
                                    + " or raise bufferedRecords of SpeechSettings")
                            .formatted(record.tokens().getRequestId(), records.size() + 1, limit));
        }
        records.add(record);
        complete = record.end();
        notifyAll();
    }

    @Override
    public synchronized void failed(SpeechException cause) {
        if (!complete) {
            failure = cause;
            complete = true;
            notifyAll();
        }
    }

    /** The next record; waits for it. Null if the request has ended, or the queue was closed. */
    synchronized ReceivedTokens take() throws InterruptedException {
        while (records.isEmpty() && !complete) {
            wait();
        }
        return next();
    }

    /** The next record; null if the request has ended, or none comes in this time. */
    synchronized ReceivedTokens poll(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (records.isEmpty() && !complete) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return next();
    }

    private ReceivedTokens next() {
        ReceivedTokens record = records.poll();
        if (record == null && failure != null) {
            throw failure;
        }
        return record;
    }

    /** Drops what waits, and all that comes. */
    synchronized void close() {
        records.clear();
        complete = true;
        notifyAll();
    }
}
