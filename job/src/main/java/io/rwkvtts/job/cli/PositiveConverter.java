package io.rwkvtts.job.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A whole number from 1. */
final class PositiveConverter implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
        int number;
        try {
            number = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            number = 0;
        }
        if (number < 1) {
            throw new TypeConversionException(
                    "'%s' is not a whole number from 1 to %d".formatted(value, Integer.MAX_VALUE));
        }
        return number;
    }
}
