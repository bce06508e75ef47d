package io.rwkvtts.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A point in time, or how long from now, both as ISO 8601 writes them. */
final class DeadlineConverter implements ITypeConverter<Instant> {

    @Override
    public Instant convert(String value) {
        try {
            return value.startsWith("P")
                    ? Instant.now().plus(Duration.parse(value))
                    : Instant.parse(value);
        } catch (DateTimeException | ArithmeticException e) {
            throw new TypeConversionException(
                    ("'%s': expected a point in time such as 2030-01-31T12:00:00Z, or a time from"
                                    + " now such as PT30S")
                            .formatted(value));
        }
    }
}
