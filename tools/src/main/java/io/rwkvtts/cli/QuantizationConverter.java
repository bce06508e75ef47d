package io.rwkvtts.cli;

import io.rwkvtts.model.Quantization;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A quantisation by its label: {@code none}, {@code int8}, … */
final class QuantizationConverter implements ITypeConverter<Quantization> {

    @Override
    public Quantization convert(String value) {
        try {
            return Quantization.ofLabel(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
