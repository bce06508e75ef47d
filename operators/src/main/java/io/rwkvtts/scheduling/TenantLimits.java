package io.rwkvtts.scheduling;

import java.io.Serializable;

/**
 * How much of a subtask one tenant may take.
 *
 * @param requestsPerSecond requests that it may begin on average, {@link #UNLIMITED} for any
 *     number; option {@code tts.tenant.requests-per-second}
 * @param burst requests that it may begin at once, option {@code tts.tenant.burst}
 * @param queueCapacity requests that it may have open without holding a slot, {@link #UNLIMITED}
 *     for any number; option {@code tts.tenant.queue-capacity}
 */
public record TenantLimits(double requestsPerSecond, int burst, int queueCapacity)
        implements Serializable {

    /** No limit. */
    public static final int UNLIMITED = 0;

    /** Lets every tenant take what there is. */
    public static final TenantLimits NONE = new TenantLimits(UNLIMITED, 1, UNLIMITED);

    /**
     * @throws IllegalArgumentException for a value that cannot work
     */
    public TenantLimits {
        if (!(requestsPerSecond >= 0) || Double.isInfinite(requestsPerSecond)) {
            throw new IllegalArgumentException(
                    "requests per second are "
                            + requestsPerSecond
                            + ", expected 0 (no limit) or more");
        }
        if (burst < 1) {
            throw new IllegalArgumentException("burst is " + burst + ", expected at least 1");
        }
        if (queueCapacity < 0) {
            throw new IllegalArgumentException(
                    "queue capacity is " + queueCapacity + ", expected 0 (no limit) or more");
        }
    }
}
