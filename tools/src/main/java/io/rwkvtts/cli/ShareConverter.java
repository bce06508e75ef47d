package io.rwkvtts.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A share of a whole: {@code 10%} or {@code 0.1}. */
final class ShareConverter implements ITypeConverter<Double> {

    @Override
    public Double convert(String value) {
        boolean percent = value.endsWith("%");
        double share;
        try {
            share =
                    percent
                            ? Double.parseDouble(value.substring(0, value.length() - 1)) / 100
                            : Double.parseDouble(value);
        } catch (NumberFormatException e) {
            share = Double.NaN;
        }
        if (!(share >= 0 && share < Double.POSITIVE_INFINITY)) {
            throw new TypeConversionException(
                    "'%s' is not a share such as 10%% or 0.1".formatted(value));
        }
        return share;
    }
}
