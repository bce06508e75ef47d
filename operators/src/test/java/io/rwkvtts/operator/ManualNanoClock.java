package io.rwkvtts.operator;

import io.rwkvtts.scheduling.NanoClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test sets it. */
final class ManualNanoClock implements NanoClock {

    private static final long serialVersionUID = 1L;

    private final AtomicLong nanos = new AtomicLong();

    void setMs(long ms) {
        nanos.set(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }
}
