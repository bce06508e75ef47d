package io.rwkvtts.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rwkvtts.checkpoint.ModelShape;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the matrices of an exported model are held: attention, feed-forward, head, low-rank pairs.
 */
public enum Quantization {

    /** 32-bit floats. */
    NONE,

    /**
     * 8-bit integers with one scale for each row, also in the first matrices of the low-rank pairs;
     * the activations are quantised likewise, by the row. Fast. It wants a CPU that adds 8-bit
     * products exactly: x86 with VNNI, or ARM. The second low-rank matrices, vectors, embedding
     * table and state stay in 32-bit floats.
     */
    INT8,

    /**
     * The integers of {@link #INT8}, and all that lies between two products in one operator of the
     * project's own: native code, which is there if the project was built with a C++ compiler, on
     * Linux. Much faster.
     */
    INT8_NATIVE,

    /**
     * 8-bit integers with one scale for each {@value BlockQuantizer#BLOCK} weights of a row. A
     * little closer to 32-bit floats than {@link #INT8}, slower, and for any CPU. The low-rank
     * matrices too stay in 32-bit floats.
     */
    INT8_BLOCKS;

    /** The name used on the command line and in model.json. */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
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

    /** Whether products are sums of bytes, which not every processor adds up exactly. */
    public boolean sumsBytes() {
        return this == INT8 || this == INT8_NATIVE;
    }

    /** Version of the operators in a graph that is exported so. */
    String graphVersion() {
        return this == INT8_NATIVE ? NativeGraph.VERSION : Rwkv7Graph.VERSION;
    }

    /**
     * Bytes of the matrices that one step reads, which bound its time from below (spec 1.3): L · (4
     * D² + 2 D F), the rows of the head, L · 2 D (Rw + Ra + Rg) and, since the first layer has no
     * value residual, (L − 1) · 2 D Rv.
     *
     * @param headRows rows of the head that are computed
     */
    public long stepWeightBytes(ModelShape shape, int headRows) {
        int width = shape.width();
        long layer =
                4 * matrixBytes(width, width)
                        + matrixBytes(shape.ffnWidth(), width)
                        + matrixBytes(width, shape.ffnWidth());
        int ranks =
                shape.layers() * (shape.decayRank() + shape.aRank() + shape.gateRank())
                        + (shape.layers() - 1) * shape.valueRank();
        return shape.layers() * layer + matrixBytes(headRows, width) + lowRankBytes(ranks, width);
    }

    /** Bytes of a large matrix with what belongs to it, such as scales. */
    private long matrixBytes(int rows, int columns) {
        long bytesOfRow =
                switch (this) {
                    case NONE -> (long) columns * Float.BYTES;
                    case INT8, INT8_NATIVE -> columns + Float.BYTES;
                    case INT8_BLOCKS ->
                            (long) BlockQuantizer.blocks(columns)
                                    * (BlockQuantizer.BLOCK + Float.BYTES);
                };
        return rows * bytesOfRow;
    }

    /** Bytes of low-rank pairs of {@code ranks} in all, with what belongs to them. */
    private long lowRankBytes(int ranks, int width) {
        long second = (long) ranks * width * Float.BYTES;
        return switch (this) {
            case NONE, INT8_BLOCKS -> 2 * second;
            case INT8, INT8_NATIVE -> second + matrixBytes(ranks, width);
        };
    }

    @Override
    public String toString() {
        return label();
    }
}
