package io.rwkvtts.operator;

import io.rwkvtts.synthesis.StepPart;
import io.rwkvtts.synthesis.SynthesisLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.metrics.TimerGauge;

/**
 * Steps whose parts the engine's own thread computes while the task takes in records, timers and
 * checkpoints. A part that is computed comes back as a mail, which applies it and begins the next.
 *
 * <p>A checkpoint waits for the part that is computed just now, not for the step ({@link #settle}),
 * and applies it before its barrier, while records may still be written. The part's mail comes
 * nevertheless and begins the next part, so a checkpoint that is aborted leaves nothing idle.
 */
final class DeviceSteps implements StepRunner {

    private final SynthesisLoop loop;
    private final Executor engineThread;
    private final MailboxExecutor mailbox;
    private final Runnable stepped;
    private final TimerGauge busy;

    /** What is computed or waits to be applied; null if nothing does. */
    private StepPart part;

    private CompletableFuture<Void> computed;
    private boolean running;

    /**
     * @param engineThread computes
     * @param mailbox of the task, of {@code TaskMailbox.MIN_PRIORITY} for the reason that {@link
     *     StepScheduler} gives
     * @param stepped is called after each step
     * @param busy measures the time in which that thread computes
     */
    DeviceSteps(
            SynthesisLoop loop,
            Executor engineThread,
            MailboxExecutor mailbox,
            Runnable stepped,
            TimerGauge busy) {
        this.loop = loop;
        this.engineThread = engineThread;
        this.mailbox = mailbox;
        this.stepped = stepped;
        this.busy = busy;
    }

    @Override
    public void step() {
        running = true;
        next();
    }

    @Override
    public boolean running() {
        return running;
    }

    private void next() {
        part = loop.nextPart();
        if (part == null) {
            running = false;
            stepped.run();
            return;
        }
        StepPart begun = part;
        CompletableFuture<Void> result = new CompletableFuture<>();
        computed = result;
        engineThread.execute(() -> compute(begun, result));
    }

    /** On the engine's thread. */
    private void compute(StepPart begun, CompletableFuture<Void> result) {
        busy.markStart();
        try {
            begun.compute();
            busy.markEnd();
            result.complete(null);
        } catch (Throwable e) {
            busy.markEnd();
            result.completeExceptionally(e);
        }
        try {
            mailbox.execute(this::computed, "computed part of a synthesis step");
        } catch (RejectedExecutionException closing) {
            // The task is finishing or cancelled: what runs is in its last snapshot.
        }
    }

    private void computed() throws Exception {
        settle();
        next();
    }

    @Override
    public void settle() throws Exception {
        if (part == null) {
            return;
        }
        StepPart done = part;
        await();
        part = null;
        done.apply();
    }

    private void await() throws Exception {
        try {
            computed.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        }
    }
}
