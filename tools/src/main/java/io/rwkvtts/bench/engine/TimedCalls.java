package io.rwkvtts.bench.engine;

import com.sun.management.ThreadMXBean;
import io.rwkvtts.bench.Samples;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

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
    private final boolean watchCores;
    private final Samples millis = new Samples();
    private final Map<Cores, Samples> millisByCores = new EnumMap<>(Cores.class);
    private long allocated;

    /**
     * @param watchCores whether to sort times by the distance of the cores; if not, all count as
     *     near
     */
    TimedCalls(Runnable call, boolean watchCores) {
        this.call = call;
        this.watchCores = watchCores;
    }

    /** Makes the call for about that time, and at least {@value #FEWEST_CALLS} times. */
    void turn(Duration length) {
        Cores before = cores();
        Samples turn = new Samples();
        time(length, turn);
        before.until(cores())
                .ifPresent(
                        cores ->
                                millisByCores
                                        .computeIfAbsent(cores, c -> new Samples())
                                        .addAll(turn));
        millis.addAll(turn);
    }

    private Cores cores() {
        return watchCores ? Cores.now() : Cores.NEAR;
    }

    private void time(Duration length, Samples turn) {
        long settled = System.nanoTime() + length.toNanos() / SETTLE_SHARE;
        do {
            call.run();
        } while (System.nanoTime() < settled);
        long end = System.nanoTime() + length.toNanos();
        for (int i = 0; i < FEWEST_CALLS || System.nanoTime() < end; i++) {
            time(turn);
        }
    }

    /** Makes the call that many times, a fifth of them before it is timed. */
    void turn(int times) {
        for (int i = 0; i < times; i++) {
            if (i < times / SETTLE_SHARE) {
                call.run();
            } else {
                time(millis);
            }
        }
    }

    private void time(Samples samples) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        call.run();
        long nanos = System.nanoTime() - start;
        allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
        samples.add(nanos / NANOS_PER_MS);
    }

    /** Milliseconds of each call. */
    Samples millis() {
        return millis;
    }

    /** Median of the calls in turns with the one or the other distance throughout. */
    Map<Cores, Double> mediansByCores() {
        Map<Cores, Double> medians = new EnumMap<>(Cores.class);
        millisByCores.forEach((cores, samples) -> medians.put(cores, samples.median()));
        return medians;
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
