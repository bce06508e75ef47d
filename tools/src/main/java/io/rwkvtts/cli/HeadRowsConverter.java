package io.rwkvtts.cli;

import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.protocol.IdSpace;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Rows of the head to keep: {@code tts}, {@code all} or a number. */
final class HeadRowsConverter implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
        return switch (value) {
            case "tts" -> IdSpace.SEMANTIC_LOGITS;
            case "all" -> ModelExporter.ALL_HEAD_ROWS;
            default -> number(value);
        };
    }

    private static int number(String value) {
        try {
            int rows = Integer.parseInt(value);
            if (rows >= 1) {
                return rows;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        throw new TypeConversionException(
                "'%s': expected tts, all or a number from 1".formatted(value));
    }
}
