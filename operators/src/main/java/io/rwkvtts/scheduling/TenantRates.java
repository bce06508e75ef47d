package io.rwkvtts.scheduling;

import java.util.HashMap;
import java.util.Map;

/**
 * A token bucket for each tenant: how many requests it may begin, on average and at once. Full at
 * the start and after a restore; a bucket that is full again is forgotten, so the memory is bounded
 * by the tenants that were served of late. Not thread-safe.
 */
public final class TenantRates {

    private static final double NANOS_PER_SECOND = 1e9;

    private record Bucket(double tokens, long atNanos) {}

    private double requestsPerSecond;
    private int burst;
    private final Map<String, Bucket> buckets = new HashMap<>();

    /**
     * @param limits the same for every tenant
     */
    public TenantRates(TenantLimits limits) {
        limit(limits);
    }

    /** Sets other limits; what tenants have begun of late counts on. */
    final void limit(TenantLimits limits) {
        requestsPerSecond = limits.requestsPerSecond();
        burst = limits.burst();
    }

    /** Whether {@code tenant} may begin a request now; if so, it is counted. */
    public boolean take(String tenant, long nowNanos) {
        if (requestsPerSecond == TenantLimits.UNLIMITED) {
            return true;
        }
        double tokens = tokens(buckets.get(tenant), nowNanos);
        if (tokens < 1) {
            return false;
        }
        buckets.values().removeIf(bucket -> tokens(bucket, nowNanos) >= burst);
        buckets.put(tenant, new Bucket(tokens - 1, nowNanos));
        return true;
    }

    private double tokens(Bucket bucket, long nowNanos) {
        return bucket == null
                ? burst
                : Math.min(
                        burst,
                        bucket.tokens()
                                + (nowNanos - bucket.atNanos())
                                        / NANOS_PER_SECOND
                                        * requestsPerSecond);
    }

    /** Nanoseconds after which a tenant that may not begin a request now may. */
    public long refillNanos(String tenant, long nowNanos) {
        double missing = 1 - tokens(buckets.get(tenant), nowNanos);
        return (long) Math.ceil(missing * NANOS_PER_SECOND / requestsPerSecond);
    }
}
