package io.rwkvtts.job.kafka;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what must neither throw nor wait for long in doing so. */
final class QuietClose {

    private static final Logger LOG = LoggerFactory.getLogger(QuietClose.class);

    private QuietClose() {}

    /**
     * Closes in the calling thread, which is interrupted after the timeout. What is thrown is
     * logged. Leaves the thread not interrupted.
     */
    static void within(Duration timeout, AutoCloseable resource) {
        Interrupt interrupt = new Interrupt(Thread.currentThread());
        Executor later =
                CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        later.execute(interrupt::interrupt);
        try {
            resource.close();
        } catch (Exception e) {
            LOG.warn("A Kafka client was not closed in order; what it held is let go", e);
        } finally {
            interrupt.retract();
        }
    }

    private static final class Interrupt {

        private final Thread thread;
        private boolean retracted;

        Interrupt(Thread thread) {
            this.thread = thread;
        }

        synchronized void interrupt() {
            if (!retracted) {
                thread.interrupt();
            }
        }

        /** Makes it ineffective; clears what is left of it. */
        synchronized void retract() {
            retracted = true;
            Thread.interrupted();
        }
    }
}
