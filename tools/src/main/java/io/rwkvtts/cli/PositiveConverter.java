package io.rwkvtts.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A whole number from 1. */
final class PositiveConverter implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
        return wholeNumber(value, 1);
    }

    static int wholeNumber(String value, int least) {
        int number;
        try {
            number = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            number = least - 1;
        }
        if (number < least) {
            throw new TypeConversionException(
                    "'%s' is not a whole number from %d to %d"
                            .formatted(value, least, Integer.MAX_VALUE));
        }
        return number;
    }
}
