package io.rwkvtts.operator;

import io.rwkvtts.scheduling.Admission;
import io.rwkvtts.scheduling.TenantLimits;
import io.rwkvtts.scheduling.TenantRates;
import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How many requests may wait.
 *
 * @param capacity requests that may be open without holding a slot: that wait for one, or for more
 *     text
 * @param whenFull what happens to the next one when that many wait
 * @param tenants how much of it one tenant may take
 */
public record QueueSettings(int capacity, WhenFull whenFull, TenantLimits tenants)
        implements Serializable {

    /** What happens to a request that finds the queue full. */
    public enum WhenFull {
        /** The operator takes in nothing more; requests wait in Kafka. */
        BACKPRESSURE,
        /** The request ends at once as {@code overloaded}. */
        REJECT
    }

    /** Most requests of one subtask that an option may count. */
    public static final int MOST = 1_000_000;

    /** Waiting requests. */
    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("tts.queue.capacity")
                    .intType()
                    .defaultValue(10_000)
                    .withDescription(
                            "Requests that may be open in one subtask without holding a slot: that"
                                    + " wait for one, or for more text; up to 1,000,000. For what"
                                    + " happens to the next, see tts.queue.when-full.");

    /** What happens when the queue is full. */
    public static final ConfigOption<WhenFull> WHEN_FULL =
            ConfigOptions.key("tts.queue.when-full")
                    .enumType(WhenFull.class)
                    .defaultValue(WhenFull.BACKPRESSURE)
                    .withDescription(
                            "When tts.queue.capacity requests are open: 'backpressure' takes in"
                                    + " nothing after the next request, and events wait in Kafka;"
                                    + " checkpoints continue, but a savepoint has to wait until what"
                                    + " Flink has read before it has found room. Time in which"
                                    + " nothing is taken in does not count for"
                                    + " tts.request.idle-timeout. When that many requests wait for"
                                    + " more text alone, their events are taken in all the same,"
                                    + " since nothing else could end their wait, and the next"
                                    + " request ends as 'overloaded'."
                                    + " 'reject' ends the next request as 'overloaded'. The record"
                                    + " of that end is written when the next checkpoint has"
                                    + " completed.");

    /** Rate of a tenant. */
    public static final ConfigOption<Double> TENANT_REQUESTS_PER_SECOND =
            ConfigOptions.key("tts.tenant.requests-per-second")
                    .doubleType()
                    .defaultValue(0.0)
                    .withDescription(
                            "Requests that a tenant may begin to generate in one subtask on average;"
                                    + " those beyond wait. 0 for any number.");

    /** Burst of a tenant. */
    public static final ConfigOption<Integer> TENANT_BURST =
            ConfigOptions.key("tts.tenant.burst")
                    .intType()
                    .defaultValue(10)
                    .withDescription(
                            "Requests that a tenant may begin at once when it was quiet before,"
                                    + " where tts.tenant.requests-per-second is set; up to"
                                    + " 1,000,000.");

    /** Waiting requests of a tenant. */
    public static final ConfigOption<Integer> TENANT_QUEUE_CAPACITY =
            ConfigOptions.key("tts.tenant.queue-capacity")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Requests of a tenant that may be open in one subtask without holding a"
                                    + " slot; its next ends as 'overloaded', whatever"
                                    + " tts.queue.when-full decides, so that one tenant cannot fill"
                                    + " tts.queue.capacity and hold up the others; up to"
                                    + " 1,000,000. 0 for any number. If not set, a tenth of"
                                    + " tts.queue.capacity where tts.tenant.requests-per-second is"
                                    + " set, else any number.");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static QueueSettings from(ReadableConfig config) {
        int capacity = OptionChecks.within(1, MOST, config, CAPACITY);
        return new QueueSettings(capacity, config.get(WHEN_FULL), tenants(config, capacity));
    }

    private static TenantLimits tenants(ReadableConfig config, int capacity) {
        double requestsPerSecond = config.get(TENANT_REQUESTS_PER_SECOND);
        int burst = OptionChecks.within(1, MOST, config, TENANT_BURST);
        // Tenants that are held back would fill the queue, which all share.
        int usualCapacity =
                requestsPerSecond == TenantLimits.UNLIMITED
                        ? TenantLimits.UNLIMITED
                        : Math.max(1, capacity / 10);
        int tenantCapacity =
                config.getOptional(TENANT_QUEUE_CAPACITY).isPresent()
                        ? OptionChecks.within(0, MOST, config, TENANT_QUEUE_CAPACITY)
                        : usualCapacity;
        return OptionChecks.named(
                () -> new TenantLimits(requestsPerSecond, burst, tenantCapacity),
                TENANT_REQUESTS_PER_SECOND);
    }

    /** Decides which request gets the next slot. */
    Admission admission() {
        return new Admission(new TenantRates(tenants));
    }
}
