package io.rwkvtts.cli;

import java.time.DateTimeException;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time in milliseconds, not negative, as ISO 8601 writes it. */
final class BudgetConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String value) {
        try {
            Duration budget = Duration.parse(value);
            if (budget.toMillis() >= 0) {
                return budget;
            }
        } catch (DateTimeException | ArithmeticException e) {
            // Told below.
        }
        throw new TypeConversionException(
                "'%s': expected a length of time such as PT2.5S or PT1M".formatted(value));
    }
}
