package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.OptionChecks;
import java.time.Duration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;

/**
 * How the job's records are delivered.
 *
 * @param guarantee at-least-once or exactly-once
 * @param transactionalIdPrefix start of the transactional ids
 * @param transactionTimeout longest time a transaction may stay open
 */
public record DeliverySettings(
        DeliveryGuarantee guarantee, String transactionalIdPrefix, Duration transactionTimeout) {

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static DeliverySettings from(ReadableConfig config) {
        return new DeliverySettings(
                guarantee(config),
                OptionChecks.notBlank(config, KafkaOptions.TRANSACTIONAL_ID_PREFIX),
                transactionTimeout(config));
    }

    private static DeliveryGuarantee guarantee(ReadableConfig config) {
        DeliveryGuarantee guarantee = config.get(KafkaOptions.DELIVERY_GUARANTEE);
        if (guarantee == DeliveryGuarantee.NONE) {
            throw new IllegalArgumentException(
                    "%s is none; expected at-least-once or exactly-once"
                            .formatted(KafkaOptions.DELIVERY_GUARANTEE.key()));
        }
        return guarantee;
    }

    private static Duration transactionTimeout(ReadableConfig config) {
        Duration timeout = config.get(KafkaOptions.TRANSACTION_TIMEOUT);
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0
                || timeout.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s; expected 1 s to 24 days"
                            .formatted(KafkaOptions.TRANSACTION_TIMEOUT.key(), timeout));
        }
        return timeout;
    }

    /** Whether records are written in transactions. */
    public boolean exactlyOnce() {
        return guarantee == DeliveryGuarantee.EXACTLY_ONCE;
    }
}
