package io.rwkvtts.engine;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.sampling.SamplingParameters;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * An engine with a thread of its own, for a device that computes while its caller does other
 * things. Work that is given to {@link #ownThread} runs there, one piece after the other; what
 * other threads call on this engine runs there, too, after all that was given before, and they wait
 * for it.
 *
 * <p>Owns the engine and the thread, which opens, uses and closes it. Lifecycle: {@link #close}
 * waits for what runs, closes the engine and ends the thread.
 */
public final class EngineThread implements InferenceEngine {

    private final ExecutorService executor;
    private volatile Thread thread;
    private InferenceEngine engine;
    private EngineSampler sampler;
    private EngineModel model;
    private int slots;
    private long deviceBytes;
    private final Runnable onClose;
    private boolean closed;

    private EngineThread(String name, Runnable onClose) {
        this.onClose = onClose;
        executor =
                Executors.newSingleThreadExecutor(
                        task -> {
                            thread = new Thread(task, name);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Opens an engine on a new thread.
     *
     * @param name of the thread
     * @param opener is called there
     * @param onClose is run once the engine is closed, or if it could not be opened
     * @throws Exception as {@code opener} throws it
     */
    public static EngineThread open(String name, Callable<InferenceEngine> opener, Runnable onClose)
            throws Exception {
        EngineThread opened =
                new EngineThread(requireNonNull(name, "name"), requireNonNull(onClose, "onClose"));
        try {
            opened.await(
                    () -> {
                        InferenceEngine engine = opener.call();
                        opened.model = engine.model();
                        opened.slots = engine.slots();
                        opened.deviceBytes = engine.deviceBytes();
                        opened.sampler = engine.sampler().orElse(null);
                        opened.engine = engine;
                        return engine;
                    });
            return opened;
        } catch (Exception | Error e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public EngineModel model() {
        return model;
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public long deviceBytes() {
        return deviceBytes;
    }

    @Override
    public Optional<EngineSampler> sampler() {
        return Optional.ofNullable(sampler).map(OnThread::new);
    }

    @Override
    public Optional<Executor> ownThread() {
        return Optional.of(executor);
    }

    @Override
    public void clear(int slot) {
        run(() -> engine.clear(slot));
    }

    @Override
    public void prefill(List<PromptPiece> pieces) {
        run(() -> engine.prefill(pieces));
    }

    @Override
    public void step(int[] slotOf, int[] tokens, int count) {
        if (Thread.currentThread() == thread) {
            engine.step(slotOf, tokens, count);
        } else {
            run(() -> engine.step(slotOf, tokens, count));
        }
    }

    @Override
    public void logits(int slot, float[] destination, int count) {
        if (Thread.currentThread() == thread) {
            engine.logits(slot, destination, count);
        } else {
            run(() -> engine.logits(slot, destination, count));
        }
    }

    @Override
    public byte[] saveState(int slot) {
        return call(() -> engine.saveState(slot));
    }

    @Override
    public void loadState(int slot, byte[] state) {
        run(() -> engine.loadState(slot, state));
    }

    @Override
    public byte[][] saveStates(int[] slotOf) {
        return call(() -> engine.saveStates(slotOf));
    }

    @Override
    public void loadStates(int[] slotOf, byte[][] states) {
        run(() -> engine.loadStates(slotOf, states));
    }

    private void run(Runnable work) {
        call(
                () -> {
                    work.run();
                    return null;
                });
    }

    private <T> T call(Callable<T> work) {
        try {
            return Thread.currentThread() == thread ? work.call() : await(work);
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InferenceException("interrupted while the engine was at work", e);
        } catch (Exception e) {
            throw new IllegalStateException("engines throw no checked exceptions", e);
        }
    }

    private <T> T await(Callable<T> work) throws Exception {
        if (executor.isShutdown()) {
            throw new IllegalStateException("the engine is closed");
        }
        Future<T> result = executor.submit(work);
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        }
    }

    /**
     * Waits for what runs, however long it takes and even if the caller is interrupted: memory must
     * not be freed from under a device that computes. For the thread that has opened the engine.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        executor.execute(
                () -> {
                    if (engine != null) {
                        engine.close();
                    }
                });
        executor.shutdown();
        awaitEnd();
        onClose.run();
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The engine's sampler, on the thread. */
    private final class OnThread implements EngineSampler {

        private final EngineSampler sampler;

        private OnThread(EngineSampler sampler) {
            this.sampler = sampler;
        }

        @Override
        public void put(
                int index,
                int slot,
                int length,
                int forbidden,
                SamplingParameters parameters,
                double u) {
            if (Thread.currentThread() == thread) {
                sampler.put(index, slot, length, forbidden, parameters, u);
            } else {
                run(() -> sampler.put(index, slot, length, forbidden, parameters, u));
            }
        }

        @Override
        public void draw(int count) {
            if (Thread.currentThread() == thread) {
                sampler.draw(count);
            } else {
                run(() -> sampler.draw(count));
            }
        }

        @Override
        public int token(int index) {
            return Thread.currentThread() == thread
                    ? sampler.token(index)
                    : call(() -> sampler.token(index));
        }
    }
}
