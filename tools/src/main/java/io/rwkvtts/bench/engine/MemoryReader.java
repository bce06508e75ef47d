package io.rwkvtts.bench.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How fast this machine reads memory from beginning to end, with several threads at once: the rate
 * that bounds the steps of small batches from below, because each reads all weights.
 *
 * <p>Owns its threads and that much of the heap.
 */
final class MemoryReader implements AutoCloseable {

    private static final int PARALLEL_SUMS = 8;

    private final ExecutorService threads;
    private final List<long[]> parts = new ArrayList<>();
    private final long bytes;
    private long checksum;

    /**
     * @param size bytes of the memory, rounded down to what the threads can share
     */
    MemoryReader(int threadCount, long size) {
        threads = Executors.newFixedThreadPool(threadCount);
        int length = Math.toIntExact(size / Long.BYTES / threadCount);
        length -= length % PARALLEL_SUMS;
        for (int part = 0; part < threadCount; part++) {
            parts.add(new long[length]);
        }
        bytes = (long) threadCount * length * Long.BYTES;
        // Memory that was never written is one page of zeros, read again and again.
        parts.forEach(part -> Arrays.fill(part, 1));
    }

    /** Bytes per second of one pass over the memory, in 10⁹. */
    double gigabytesPerSecond() {
        List<Callable<Long>> passes = new ArrayList<>();
        parts.forEach(part -> passes.add(() -> sum(part)));
        long start = System.nanoTime();
        long sum = 0;
        try {
            for (Future<Long> pass : threads.invokeAll(passes)) {
                sum += pass.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while memory was read", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("memory can't be read", e.getCause());
        }
        double rate = (double) bytes / (System.nanoTime() - start);
        // Without a use of the sums nothing would have to be read.
        checksum += sum;
        if (checksum % sum != 0) {
            throw new IllegalStateException("memory was read as " + sum);
        }
        return rate;
    }

    /** Several sums that don't wait for each other, so that loads and not additions take time. */
    private static long sum(long[] part) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        long e = 0;
        long f = 0;
        long g = 0;
        long h = 0;
        for (int i = 0; i < part.length; i += PARALLEL_SUMS) {
            a += part[i];
            b += part[i + 1];
            c += part[i + 2];
            d += part[i + 3];
            e += part[i + 4];
            f += part[i + 5];
            g += part[i + 6];
            h += part[i + 7];
        }
        return a + b + c + d + e + f + g + h;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
