package io.rwkvtts.chaos;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A thread that reads the token topic until this is closed, while others wait for what it finds.
 *
 * <p>Owns the thread. What a subclass finds is guarded by this object's lock; the methods may be
 * called by any thread.
 */
abstract class TopicWatcher implements AutoCloseable {

    private final Thread thread;
    private boolean closed;
    private Exception failure;

    /** To be started when the subclass is complete. */
    TopicWatcher(String name) {
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    final void start() {
        thread.start();
    }

    private void run() {
        try {
            read();
        } catch (Exception e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    /** Reads until it is closed, and notifies those who wait. */
    abstract void read() throws Exception;

    /** Records written so far, as far as is known. */
    abstract long records();

    final synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Requires that the topic could be read so far.
     *
     * @throws IllegalStateException if not
     */
    final synchronized void requireReading() {
        if (failure != null) {
            throw new IllegalStateException("the token topic cannot be read", failure);
        }
    }

    /** Waits for the condition; false if no record has been written for that long. */
    final synchronized boolean await(BooleanSupplier condition, Duration quietLimit)
            throws InterruptedException {
        long seen = records();
        long limit = System.nanoTime() + quietLimit.toNanos();
        while (!condition.getAsBoolean()) {
            requireReading();
            long left = limit - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
            if (records() > seen) {
                seen = records();
                limit = System.nanoTime() + quietLimit.toNanos();
            }
        }
        return true;
    }

    @Override
    public final void close() {
        synchronized (this) {
            closed = true;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
