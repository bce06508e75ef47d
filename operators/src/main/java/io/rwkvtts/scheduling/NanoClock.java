package io.rwkvtts.scheduling;

import java.io.Serializable;

/**
 * A clock for durations: it never goes back, and its zero is arbitrary. Tests have their own. Safe
 * for several threads.
 */
@FunctionalInterface
public interface NanoClock extends Serializable {

    /** {@link System#nanoTime()}. */
    NanoClock SYSTEM = System::nanoTime;

    /** Nanoseconds. */
    long nanoTime();
}
