package io.rwkvtts.cli;

import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.model.Quantization;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number format by its name in the results of benchmarks: {@code fp32}, {@code int8}, … */
final class FormatConverter implements ITypeConverter<Quantization> {

    @Override
    public Quantization convert(String value) {
        for (Quantization format : Quantization.values()) {
            if (BenchModel.label(format).equals(value)) {
                return format;
            }
        }
        throw new TypeConversionException(
                "unknown format '%s': expected fp32, int8, int8-native or int8-blocks"
                        .formatted(value));
    }
}
