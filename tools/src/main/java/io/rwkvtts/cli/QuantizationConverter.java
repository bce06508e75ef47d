package io.rwkvtts.cli;

import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.model.Quantization;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A quantisation by its label: {@code none}, {@code int8}, …; or {@code none} by its name in the
 * results of benchmarks.
 */
final class QuantizationConverter implements ITypeConverter<Quantization> {

    @Override
    public Quantization convert(String value) {
        try {
            return value.equals(BenchModel.FP32) ? Quantization.NONE : Quantization.ofLabel(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
