package io.rwkvtts.model;

/**
 * A quantised matrix in the order in which the native operators take it ({@code kernels.h}).
 *
 * <p>A block is {@value #COLUMNS} columns of the result; a matrix is padded with zeros to whole
 * blocks. In a block, each {@value #WORD} rows of the inner dimension lie together, {@value #WORD}
 * bytes of each column.
 */
final class ByteBlocks {

    static final int COLUMNS = 32;
    static final int WORD = 4;

    private ByteBlocks() {}

    /** {@code columns} rounded up to whole blocks, counted in blocks. */
    static int count(int columns) {
        return (columns + COLUMNS - 1) / COLUMNS;
    }

    /**
     * The blocks [{@link #count}, in / 4, 32, 4] of a matrix.
     *
     * @param turned [in, out], as {@link RowQuantizer.Rows#values()}
     * @throws IllegalArgumentException if {@code in} is not a multiple of {@value #WORD}
     */
    static byte[] of(byte[] turned, int out, int in) {
        if (in % WORD != 0) {
            throw new IllegalArgumentException(
                    "expected an inner size in words of %d bytes, not %d".formatted(WORD, in));
        }
        byte[] blocks = new byte[Math.multiplyExact(count(out) * COLUMNS, in)];
        for (int k = 0; k < in; k++) {
            for (int n = 0; n < out; n++) {
                int block = n / COLUMNS * in * COLUMNS;
                int word = (k / WORD * COLUMNS + n % COLUMNS) * WORD;
                blocks[block + word + k % WORD] = turned[k * out + n];
            }
        }
        return blocks;
    }

    /**
     * A matrix of floats [in, out] in blocks [{@link #count}, in, 32].
     *
     * @throws IllegalArgumentException if {@code out} is not in whole blocks
     */
    static float[] of(float[] matrix, int in, int out) {
        if (out % COLUMNS != 0) {
            throw new IllegalArgumentException(
                    "expected columns in blocks of %d, not %d".formatted(COLUMNS, out));
        }
        float[] blocks = new float[matrix.length];
        for (int k = 0; k < in; k++) {
            for (int n = 0; n < out; n += COLUMNS) {
                System.arraycopy(matrix, k * out + n, blocks, n * in + k * COLUMNS, COLUMNS);
            }
        }
        return blocks;
    }
}
