package io.rwkvtts.job.kafka;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Where a job without checkpoint or savepoint begins to read the requests.
 *
 * @param from the place
 * @param timestamp where {@code from} is {@link StartFrom#TIMESTAMP}, else null
 * @param reset where {@code from} is {@link StartFrom#COMMITTED} and the group has no offsets
 */
record StartOffsets(StartFrom from, Instant timestamp, OffsetResetStrategy reset) {

    /**
     * Reads the options.
     *
     * @param clientProperties whose {@code auto.offset.reset} is honoured
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static StartOffsets from(ReadableConfig config, Map<String, String> clientProperties) {
        StartFrom from = config.get(KafkaOptions.START_FROM);
        return new StartOffsets(from, timestamp(config, from), reset(clientProperties, from));
    }

    private static Instant timestamp(ReadableConfig config, StartFrom from) {
        String value = config.get(KafkaOptions.START_TIMESTAMP);
        if ((value != null) != (from == StartFrom.TIMESTAMP)) {
            throw new IllegalArgumentException(
                    "%s is %s and %s is %s: set the second if, and only if, the first is timestamp"
                            .formatted(
                                    KafkaOptions.START_FROM.key(),
                                    from.name().toLowerCase(Locale.ROOT),
                                    KafkaOptions.START_TIMESTAMP.key(),
                                    value == null ? "not set" : value));
        }
        try {
            return value == null ? null : Instant.parse(value);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "%s is %s; expected a time such as 2026-11-20T08:30:00Z"
                            .formatted(KafkaOptions.START_TIMESTAMP.key(), value));
        }
    }

    private static OffsetResetStrategy reset(Map<String, String> properties, StartFrom from) {
        String value = properties.get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
        if (value == null) {
            return OffsetResetStrategy.EARLIEST;
        }
        String place = ClientProperties.place(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
        if (from != StartFrom.COMMITTED) {
            throw new IllegalArgumentException(
                    "%s is %s, but %s is %s: remove one of them"
                            .formatted(
                                    place,
                                    value,
                                    KafkaOptions.START_FROM.key(),
                                    from.name().toLowerCase(Locale.ROOT)));
        }
        for (OffsetResetStrategy strategy : OffsetResetStrategy.values()) {
            if (strategy.name().equalsIgnoreCase(value.trim())) {
                return strategy;
            }
        }
        throw new IllegalArgumentException(
                "%s is %s; expected earliest, latest or none".formatted(place, value));
    }

    /** The same for Flink. */
    OffsetsInitializer initializer() {
        return switch (from) {
            case COMMITTED -> OffsetsInitializer.committedOffsets(reset);
            case EARLIEST -> OffsetsInitializer.earliest();
            case LATEST -> OffsetsInitializer.latest();
            case TIMESTAMP -> OffsetsInitializer.timestamp(timestamp.toEpochMilli());
        };
    }
}
