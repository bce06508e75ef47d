package io.rwkvtts.operator;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the control topic beside the task, and brings it what was read as mails. Mails, and not a
 * second input: Flink takes no unaligned checkpoints of a task with a broadcast input, so none
 * would pass while input is held back; and the second input would be held back with the first. No
 * more is read before the task has taken what was read.
 *
 * <p>Owns: the topic and the thread that reads it, which begins at once. Lifecycle: made in {@code
 * open}, closed in {@code close}.
 */
final class ControlReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlReader.class);
    private static final long PAUSE_MS = 1_000;
    private static final long CLOSE_MS = 5_000;

    private final ControlLog log;
    private final MailboxExecutor mailbox;
    private final ThrowingConsumer<ControlBatch, Exception> taker;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** One permit: the mail before has been taken. */
    private final Semaphore taken = new Semaphore(1);

    /**
     * @param log is closed with this
     * @param taker takes each batch, on the task's thread
     * @param name of the task
     */
    ControlReader(
            ControlLog log,
            MailboxExecutor mailbox,
            ThrowingConsumer<ControlBatch, Exception> taker,
            String name) {
        this.log = log;
        this.mailbox = mailbox;
        this.taker = taker;
        thread = new Thread(this::readOn, name + "-control");
        thread.setDaemon(true);
        thread.start();
    }

    private void readOn() {
        try (log) {
            while (!isClosed()) {
                readOnce();
            }
        } catch (RejectedExecutionException ending) {
            // The task is finishing or cancelled.
        } catch (RuntimeException | Error e) {
            if (!isClosed()) {
                fail(e);
            }
        }
    }

    private void readOnce() {
        try {
            ControlBatch batch = log.read();
            taken.acquireUninterruptibly();
            if (!isClosed()) {
                mailbox.execute(() -> take(batch), "control records");
            }
        } catch (IOException e) {
            if (!isClosed()) {
                LOG.warn(
                        "The control topic cannot be read, so new requests may have to wait: {}",
                        e.getMessage());
                pause();
            }
        }
    }

    private void take(ControlBatch batch) throws Exception {
        taker.accept(batch);
        taken.release();
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void pause() {
        try {
            closed.await(PAUSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void fail(Throwable failure) {
        try {
            mailbox.execute(
                    () -> {
                        throw new IllegalStateException(
                                "the control topic cannot be read: " + failure.getMessage(),
                                failure);
                    },
                    "failure of the control topic");
        } catch (RejectedExecutionException ending) {
            // The task is finishing or cancelled.
        }
    }

    @Override
    public void close() {
        closed.countDown();
        taken.release();
        log.wakeup();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
