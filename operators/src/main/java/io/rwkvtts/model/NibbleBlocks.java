package io.rwkvtts.model;

import io.rwkvtts.checkpoint.ModelFormatException;

/**
 * A matrix of {@link GroupQuantizer} in the order in which the native operators take it ({@code
 * kernels.h}): in blocks of {@value ByteBlocks#COLUMNS} columns of the result, each with the
 * factors of its groups first, a byte for each column, then the nibbles of each {@value #ROWS} rows
 * of the inner dimension, four bytes for each column.
 */
final class NibbleBlocks {

    /** Rows of the inner dimension that share bytes: the first four have the lower nibbles. */
    private static final int ROWS = 2 * ByteBlocks.WORD;

    private NibbleBlocks() {}

    /** Bytes of a block. */
    static int bytes(int in) {
        return ByteBlocks.COLUMNS * (in / 2 + in / GroupQuantizer.GROUP);
    }

    /**
     * The blocks [{@link ByteBlocks#count}, {@link #bytes}] of a matrix [out, in].
     *
     * @throws ModelFormatException if {@code in} is not in whole groups
     */
    static byte[] of(GroupQuantizer.Groups matrix, int out, int in) {
        if (in % GroupQuantizer.GROUP != 0) {
            throw new ModelFormatException(
                    "4 bits take matrices with rows in groups of %d weights, not of %d"
                            .formatted(GroupQuantizer.GROUP, in));
        }
        int groups = in / GroupQuantizer.GROUP;
        byte[] blocks = new byte[Math.multiplyExact(ByteBlocks.count(out), bytes(in))];
        for (int n = 0; n < out; n++) {
            int block = n / ByteBlocks.COLUMNS * bytes(in);
            int column = n % ByteBlocks.COLUMNS;
            for (int group = 0; group < groups; group++) {
                blocks[block + group * ByteBlocks.COLUMNS + column] =
                        matrix.factors()[n * groups + group];
            }
            int nibbles = block + groups * ByteBlocks.COLUMNS + column * ByteBlocks.WORD;
            for (int k = 0; k < in; k++) {
                int line = k / ROWS * ByteBlocks.COLUMNS * ByteBlocks.WORD;
                int shift = k % ROWS < ByteBlocks.WORD ? 0 : 4;
                blocks[nibbles + line + k % ByteBlocks.WORD] |=
                        (byte) (matrix.nibbles()[n * in + k] << shift);
            }
        }
        return blocks;
    }
}
