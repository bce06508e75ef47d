package io.rwkvtts.operator;

import java.util.concurrent.TimeUnit;

/**
 * The share of the latest first chunks that missed their objective. For one thread; allocates
 * nothing after its construction.
 */
final class LateChunks {
    private static final int LATEST = 100;
    private static final int FEWEST = 20;
    private static final long MEMORY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final long[] atNanos = new long[LATEST];
    private final boolean[] late = new boolean[LATEST];
    private int count;

    /** A first chunk went out. */
    void add(boolean missed, long nowNanos) {
        int place = count % LATEST;
        late[place] = missed;
        atNanos[place] = nowNanos;
        count = count + 1 < 2 * LATEST ? count + 1 : LATEST;
    }

    /** The share of those of the last minute, 0 to 1; 0 if they are too few to tell. */
    double share(long nowNanos) {
        int recent = 0;
        int missed = 0;
        for (int place = 0; place < Math.min(count, LATEST); place++) {
            if (nowNanos - atNanos[place] <= MEMORY_NANOS) {
                recent++;
                missed += late[place] ? 1 : 0;
            }
        }
        return recent < FEWEST ? 0 : (double) missed / recent;
    }
}
