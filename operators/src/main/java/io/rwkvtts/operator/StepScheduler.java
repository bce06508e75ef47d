package io.rwkvtts.operator;

import io.rwkvtts.scheduling.NanoClock;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Runs steps as mails of the task, one at a time, for as long as somebody calls {@link #kick}
 * again.
 *
 * <p>The mailbox has to be one of the least priority. A stop-with-savepoint lets a task run the
 * operator's mails until none is left, and only then reads the savepoint's barrier: steps that put
 * their successors there would hold it up until all work is done. Flink takes no mail of less
 * priority than the operator's own in that wait.
 *
 * <p>Flink reads one record at a time while a mail waits, and many while none does. So when input
 * came since the latest step, the next one is put there a little later, a tenth of a step's time: a
 * cancel after hundreds of events is read within a few steps and not hundreds.
 *
 * <p>Owns: the helper thread. Lifecycle: made in {@code open}, closed in {@code close}. {@link
 * #kick} and {@link #inputSeen} may be called by the task thread only.
 */
final class StepScheduler implements AutoCloseable {
    private static final int INPUT_SHARE = 10;
    private static final long MIN_INPUT_NANOS = 200_000;
    private static final long MAX_INPUT_NANOS = 10_000_000;

    private final MailboxExecutor mailbox;
    private final ThrowingRunnable<Exception> step;
    private final NanoClock nanos;
    private final ScheduledExecutorService helper;
    private boolean armed;
    private boolean inputSeen;
    private long stepNanos;

    /**
     * @param mailbox of {@code TaskMailbox.MIN_PRIORITY}
     * @param name of the helper thread
     */
    StepScheduler(
            MailboxExecutor mailbox,
            ThrowingRunnable<Exception> step,
            String name,
            NanoClock nanos) {
        this.nanos = nanos;
        this.mailbox = mailbox;
        this.step = step;
        this.helper =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, name + "-steps");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** A record came: more may follow it. */
    void inputSeen() {
        inputSeen = true;
    }

    /** Makes sure that a step will run. */
    void kick() {
        if (armed) {
            return;
        }
        armed = true;
        if (inputSeen) {
            inputSeen = false;
            helper.schedule(this::post, inputNanos(), TimeUnit.NANOSECONDS);
        } else {
            post();
        }
    }

    private long inputNanos() {
        return Math.max(MIN_INPUT_NANOS, Math.min(MAX_INPUT_NANOS, stepNanos / INPUT_SHARE));
    }

    private void post() {
        try {
            mailbox.execute(this::run, "synthesis step");
        } catch (RejectedExecutionException closing) {
            // The task is finishing or cancelled: what runs is in its last snapshot.
        }
    }

    private void run() throws Exception {
        armed = false;
        long start = nanos.nanoTime();
        step.run();
        stepNanos = nanos.nanoTime() - start;
    }

    @Override
    public void close() {
        helper.shutdownNow();
    }
}
