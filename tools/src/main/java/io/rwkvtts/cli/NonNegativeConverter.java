package io.rwkvtts.cli;

import picocli.CommandLine.ITypeConverter;

/** A whole number from 0. */
final class NonNegativeConverter implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
        return PositiveConverter.wholeNumber(value, 0);
    }
}
