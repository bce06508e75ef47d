package io.rwkvtts.operator;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Runs steps as mails of the task, one at a time, for as long as somebody calls {@link #kick}
 * again.
 *
 * <p>A mail that puts its successor into the mailbox itself never lets it run empty, and a
 * stop-with-savepoint, which first drains the mailbox, would wait until all work is done. So every
 * {@value #STEPS_PER_BOUNCE}th step is put there by a helper thread: the mailbox is empty for an
 * instant and barriers pass. Every step would cost a thread hand-over each; none, the savepoint.
 *
 * <p>Owns: the helper thread. Lifecycle: made in {@code open}, closed in {@code close}. {@link
 * #kick} may be called by the task thread only.
 */
final class StepTrampoline implements AutoCloseable {
    private static final int STEPS_PER_BOUNCE = 4;

    private final MailboxExecutor mailbox;
    private final ThrowingRunnable<Exception> step;
    private final ExecutorService helper;
    private boolean armed;
    private int steps;

    StepTrampoline(MailboxExecutor mailbox, ThrowingRunnable<Exception> step, String name) {
        this.mailbox = mailbox;
        this.step = step;
        this.helper =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread thread = new Thread(task, name + "-steps");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** Makes sure that a step will run. */
    void kick() {
        if (armed) {
            return;
        }
        armed = true;
        if (++steps % STEPS_PER_BOUNCE == 0) {
            helper.execute(this::post);
        } else {
            post();
        }
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
        step.run();
    }

    @Override
    public void close() {
        helper.shutdownNow();
    }
}
