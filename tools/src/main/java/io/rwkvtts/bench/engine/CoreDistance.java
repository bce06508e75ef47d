package io.rwkvtts.bench.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * How far apart the processors are that compute together: the time that a word takes from one
 * thread to another and back. With a last-level cache in common that is some 50 ns, else a few
 * hundred, and what one thread does with the results of two takes longer. A virtual machine may
 * find itself in the one case now and in the other a minute later.
 */
final class CoreDistance {

    private static final long LEAST_NANOS = 5_000_000;
    private static final int TRIPS = 20;
    private static final int STOP = -1;

    private CoreDistance() {}

    /** the least {@link #roundTripNanos} of that many tries: in others something else ran, too. */
    static double leastRoundTripNanos(int goes) {
        return IntStream.range(0, goes).mapToDouble(go -> roundTripNanos()).min().orElseThrow();
    }

    /** Nanoseconds there and back, the mean over 5 ms. */
    static double roundTripNanos() {
        AtomicInteger word = new AtomicInteger();
        Thread other = new Thread(() -> answer(word), "core-distance");
        other.setDaemon(true);
        other.start();
        int odd = 1;
        exchange(word, odd);
        int first = odd;
        long start = System.nanoTime();
        long elapsed;
        do {
            for (int trip = 0; trip < TRIPS; trip++) {
                odd += 2;
                exchange(word, odd);
            }
            elapsed = System.nanoTime() - start;
        } while (elapsed < LEAST_NANOS);
        word.setRelease(STOP);
        return elapsed / ((odd - first) / 2.0);
    }

    private static void exchange(AtomicInteger word, int odd) {
        word.setRelease(odd);
        while (word.getAcquire() != odd + 1) {
            Thread.onSpinWait();
        }
    }

    private static void answer(AtomicInteger word) {
        for (int odd = 1; ; odd += 2) {
            int seen = word.getAcquire();
            while (seen != odd && seen != STOP) {
                Thread.onSpinWait();
                seen = word.getAcquire();
            }
            if (seen == STOP) {
                return;
            }
            word.setRelease(odd + 1);
        }
    }
}
