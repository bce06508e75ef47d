package io.rwkvtts.job.bench.engine;

import com.sun.management.ThreadMXBean;
import io.rwkvtts.job.bench.Samples;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Times one kind of call, a turn at a time. Before each turn the call is made without being timed,
 * until caches hold what it needs and the threads of others have gone to sleep.
 */
final class TimedCalls {

    private static final int SETTLE_SHARE = 5;
    private static final int FEWEST_CALLS = 3;
    private static final double NANOS_PER_MS = 1e6;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Runnable call;
    private final Samples millis = new Samples();
    private long allocated;

    TimedCalls(Runnable call) {
        this.call = call;
    }

    /** Makes the call for about so long, and at least {@value #FEWEST_CALLS} times. */
    void turn(Duration length) {
        long settled = System.nanoTime() + length.toNanos() / SETTLE_SHARE;
        do {
            call.run();
        } while (System.nanoTime() < settled);
        long end = System.nanoTime() + length.toNanos();
        for (int i = 0; i < FEWEST_CALLS || System.nanoTime() < end; i++) {
            time();
        }
    }

    /** Makes the call so many times, a fifth of them before it is timed. */
    void turn(int times) {
        for (int i = 0; i < times; i++) {
            if (i < times / SETTLE_SHARE) {
                call.run();
            } else {
                time();
            }
        }
    }

    private void time() {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        call.run();
        long nanos = System.nanoTime() - start;
        allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
        millis.add(nanos / NANOS_PER_MS);
    }

    /** Milliseconds of each call. */
    Samples millis() {
        return millis;
    }

    /** Bytes allocated on the Java heap by the calling thread, per call. */
    double allocatedBytes() {
        return (double) allocated / millis.count();
    }

    /** Calls per second: their number divided by the time of all. */
    double perSecond() {
        return millis.count() * 1e3 / millis.sum();
    }
}
