package io.rwkvtts.cli;

import java.time.Duration;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time of at least a second, as Flink's options write it. */
final class DeliveryTimeoutConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String value) {
        try {
            Duration timeout = TimeUtils.parseDuration(value);
            if (timeout.toSeconds() >= 1) {
                return timeout;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new TypeConversionException(
                "'%s': expected a length of time of at least 1 s, such as 20s".formatted(value));
    }
}
