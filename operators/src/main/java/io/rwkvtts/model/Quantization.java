package io.rwkvtts.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the large matrices (attention, feed-forward, head) of an exported model are held. */
public enum Quantization {

    /** 32-bit floats. */
    NONE,

    /**
     * 8-bit integers with one scale per {@value BlockQuantizer#BLOCK} weights of a row. The
     * low-rank matrices, vectors, embedding table and state stay in 32-bit floats.
     */
    INT8;

    /** The name used on the command line and in model.json. */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The quantisation with this {@link #label}.
     *
     * @throws IllegalArgumentException for another word
     */
    @JsonCreator
    public static Quantization ofLabel(String label) {
        return Arrays.stream(values())
                .filter(value -> value.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "unknown quantisation '"
                                                + label
                                                + "': one of "
                                                + Arrays.stream(values())
                                                        .map(Quantization::label)
                                                        .collect(Collectors.joining(", "))));
    }

    /** Bytes of a large matrix with what belongs to it, such as scales. */
    long matrixBytes(int rows, int columns) {
        long bytesOfRow =
                switch (this) {
                    case NONE -> (long) columns * Float.BYTES;
                    case INT8 ->
                            (long) BlockQuantizer.blocks(columns)
                                    * (BlockQuantizer.BLOCK + Float.BYTES);
                };
        return rows * bytesOfRow;
    }

    @Override
    public String toString() {
        return label();
    }
}
