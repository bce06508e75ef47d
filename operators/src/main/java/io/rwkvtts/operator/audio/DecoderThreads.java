package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.AudioWindow;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Decodes windows beside the task thread.
 *
 * <p>Owns: the decoder and the threads. Lifecycle: made in {@code open}, closed in {@code close}.
 */
final class DecoderThreads implements AutoCloseable {

    /**
     * What became of a window.
     *
     * @param samples null if it failed
     * @param failure null if it did not
     * @param nanos time that it took
     */
    record Result(float[] samples, Throwable failure, long nanos) {}

    private final AudioDecoder decoder;
    private final ExecutorService threads;

    /**
     * @param decoder is closed with this
     * @param name of the threads
     */
    DecoderThreads(AudioDecoder decoder, int count, String name) {
        this.decoder = decoder;
        AtomicInteger number = new AtomicInteger();
        threads =
                Executors.newFixedThreadPool(
                        count,
                        task -> {
                            Thread thread =
                                    new Thread(task, name + "-decoder-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    int sampleRate() {
        return decoder.format().sampleRate();
    }

    /** Decodes a window; {@code done} is called by the thread that did. */
    void decode(AudioWindow window, Consumer<Result> done) {
        threads.execute(() -> done.accept(decode(window)));
    }

    private Result decode(AudioWindow window) {
        long start = System.nanoTime();
        try {
            float[] samples = window.decode(decoder);
            return new Result(samples, null, System.nanoTime() - start);
        } catch (RuntimeException | Error e) {
            return new Result(null, e, System.nanoTime() - start);
        }
    }

    /** Waits for the windows that are being decoded: the decoder must not be closed under them. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        try {
            while (!terminated()) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            decoder.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean terminated() {
        try {
            return threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
