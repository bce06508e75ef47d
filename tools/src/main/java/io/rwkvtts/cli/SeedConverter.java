package io.rwkvtts.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Seeds are unsigned 64-bit numbers in decimal; a {@code long} has their bits. */
final class SeedConverter implements ITypeConverter<Long> {

    @Override
    public Long convert(String value) {
        try {
            return Long.parseUnsignedLong(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(
                    "'%s': expected a number from 0 to %s"
                            .formatted(value, Long.toUnsignedString(-1)));
        }
    }
}
