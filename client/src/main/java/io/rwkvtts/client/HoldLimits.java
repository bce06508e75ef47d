package io.rwkvtts.client;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long and how much {@link ConsumerRule} holds of requests of which a record is missing.
 *
 * @param timeout how long a record is waited for before the gap is reported. Longer than any outage
 *     after which the job repeats it: see docs/consumers.md
 * @param recordsPerRequest most chunks of a request that are held
 * @param bytes most bytes of all held records together
 */
public record HoldLimits(Duration timeout, int recordsPerRequest, long bytes) {

    /** 5 minutes, sixty checkpoint intervals; 10,000 chunks of a request; 64 MiB. */
    public static final HoldLimits DEFAULT =
            new HoldLimits(Duration.ofMinutes(5), 10_000, 64L << 20);

    /**
     * @throws IllegalArgumentException if the timeout is negative, or a bound is below 1
     */
    public HoldLimits {
        requireNonNull(timeout, "timeout");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + "; expected 0 or more");
        }
        if (recordsPerRequest < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "%d records of a request and %d bytes may be held; expected at least 1 of each"
                            .formatted(recordsPerRequest, bytes));
        }
    }

    /**
     * How much of the time between two polls counts: a tenth of the timeout, or a second if that is
     * more. A consumer that was paused, or held up by what it does with the records, reads first
     * what Kafka has, before it gives a record up.
     */
    Duration longestStep() {
        return Duration.ofMillis(Math.max(timeout.toMillis() / 10, 1_000));
    }
}
