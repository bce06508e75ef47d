package io.rwkvtts.model;

import io.rwkvtts.checkpoint.ModelShape;
import java.util.function.Function;
import java.util.function.IntToLongFunction;

/**
 * How the numbers of the matrices of an exported model are held. Vectors, the embedding table, the
 * second matrices of low-rank pairs and the state are 32-bit floats in all formats.
 */
public enum WeightFormat {

    /** 32-bit floats. */
    FLOATS(
            FloatFormat::new,
            WeightFormat::floatRowBytes,
            WeightFormat::floatRowBytes,
            false,
            false),

    /**
     * 16-bit floats, also in the first matrices of the low-rank pairs. On a CPU they are held as
     * 32-bit floats of the same values.
     */
    HALVES(
            HalfFormat::new,
            WeightFormat::floatRowBytes,
            WeightFormat::floatRowBytes,
            false,
            false) {
        @Override
        public long deviceWeightBytes(ModelShape shape, int headRows) {
            long seconds = (long) ranks(shape) * shape.width() * Float.BYTES;
            return (stepWeightBytes(shape, headRows) - seconds) / 2 + seconds;
        }
    },

    /**
     * 8-bit integers with one scale for each row, also in the first matrices of the low-rank pairs;
     * the activations are quantised likewise, by the row. ONNX Runtime wants a CPU that adds 8-bit
     * products exactly: x86 with VNNI, or ARM.
     */
    INT8_ROWS(RowFormat::new, WeightFormat::byteRowBytes, WeightFormat::byteRowBytes, true, true),

    /**
     * 4-bit integers in the large matrices of the layers, with a factor for each {@value
     * GroupQuantizer#GROUP} weights of a row and a scale for the row; the head and the first
     * matrices of the low-rank pairs as in {@link #INT8_ROWS}.
     */
    INT4_GROUPS(
            GroupFormat::new,
            columns -> columns / 2L + GroupQuantizer.groups(columns) + Float.BYTES,
            WeightFormat::byteRowBytes,
            true,
            true),

    /**
     * 8-bit integers with one scale for each {@value BlockQuantizer#BLOCK} weights of a row. A
     * little closer to 32-bit floats than {@link #INT8_ROWS}, slower, and for any CPU. The low-rank
     * matrices too stay in 32-bit floats.
     */
    INT8_BLOCKS(
            BlockFormat::new,
            WeightFormat::blockRowBytes,
            WeightFormat::blockRowBytes,
            true,
            false);

    private final Function<OnnxGraph, MatrixFormat> matrices;
    private final IntToLongFunction rowBytes;
    private final IntToLongFunction headRowBytes;
    private final boolean integers;
    private final boolean lowRankIntegers;

    WeightFormat(
            Function<OnnxGraph, MatrixFormat> matrices,
            IntToLongFunction rowBytes,
            IntToLongFunction headRowBytes,
            boolean integers,
            boolean lowRankIntegers) {
        this.matrices = matrices;
        this.rowBytes = rowBytes;
        this.headRowBytes = headRowBytes;
        this.integers = integers;
        this.lowRankIntegers = lowRankIntegers;
    }

    /** Whether the large matrices are multiplied as integers. */
    public boolean integers() {
        return integers;
    }

    /** Whether the first matrices of the low-rank pairs are multiplied as integers. */
    public boolean lowRankIntegers() {
        return lowRankIntegers;
    }

    /** The operators that multiply in this format. */
    MatrixFormat in(OnnxGraph graph) {
        return matrices.apply(graph);
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
        return shape.layers() * layer
                + headRows * headRowBytes.applyAsLong(width)
                + lowRankBytes(ranks(shape), width);
    }

    /** As {@link #stepWeightBytes}, of the matrices as a CUDA device holds them. */
    public long deviceWeightBytes(ModelShape shape, int headRows) {
        return stepWeightBytes(shape, headRows);
    }

    /** The ranks of all low-rank pairs. */
    static int ranks(ModelShape shape) {
        return shape.layers() * (shape.decayRank() + shape.aRank() + shape.gateRank())
                + (shape.layers() - 1) * shape.valueRank();
    }

    /** Bytes of a large matrix with what belongs to it, such as scales. */
    private long matrixBytes(int rows, int columns) {
        return rows * rowBytes.applyAsLong(columns);
    }

    /** Bytes of low-rank pairs of {@code ranks} in all, with what belongs to them. */
    private long lowRankBytes(int ranks, int width) {
        long floats = (long) ranks * width * Float.BYTES;
        return floats + (lowRankIntegers ? ranks * byteRowBytes(width) : floats);
    }

    private static long floatRowBytes(int columns) {
        return (long) columns * Float.BYTES;
    }

    private static long byteRowBytes(int columns) {
        return (long) columns + Float.BYTES;
    }

    private static long blockRowBytes(int columns) {
        return (long) BlockQuantizer.blocks(columns) * (BlockQuantizer.BLOCK + Float.BYTES);
    }
}
