package io.rwkvtts.operator;

import io.rwkvtts.scheduling.NanoClock;
import java.time.Duration;

/**
 * Decides when a log tells of something that may happen again and again: the first time, and not
 * again within {@link #PAUSE}. For one thread.
 */
final class RareLine {

    /** Shortest time between two lines. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    private final NanoClock nanos;
    private boolean everTold;
    private boolean toldOfLate;
    private long toldAtNanos;
    private int untold;

    RareLine(NanoClock nanos) {
        this.nanos = nanos;
    }

    /** It happens. Whether that is to be told. */
    boolean tell() {
        long now = nanos.nanoTime();
        if (everTold && now - toldAtNanos < PAUSE.toNanos()) {
            untold++;
            return false;
        }
        everTold = true;
        toldOfLate = true;
        toldAtNanos = now;
        return true;
    }

    /**
     * How often it happened that was not told. To be told with the line before: 0 if there was none
     * since this was asked.
     */
    int takeUntold() {
        if (!toldOfLate) {
            return 0;
        }
        int count = untold;
        toldOfLate = false;
        untold = 0;
        return count;
    }
}
