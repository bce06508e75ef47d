package io.rwkvtts.model;

/**
 * A quantised matrix in the order in which CUDA's tensor cores take it ({@code products.cuh}).
 *
 * <p>A tile is {@value #COLUMNS} columns of the result by {@value #INNER} of the inner dimension; a
 * matrix is padded with zeros to whole tiles. The threads of a warp each have 16 bytes of a tile,
 * one after the other: thread 4 g + i those of the columns g and g + 8, of each four from 4 i and
 * four from 16 + 4 i.
 */
final class ByteTiles {

    static final int COLUMNS = 16;
    static final int INNER = 32;
    static final int BYTES = COLUMNS * INNER;

    private static final int THREAD_BYTES = 16;
    private static final int WORD = 4;
    private static final int WORDS_OF_COLUMN = 2;

    private ByteTiles() {}

    /** {@code count} rounded up to whole tiles of {@code side}. */
    static int padded(int count, int side) {
        return (count + side - 1) / side * side;
    }

    /**
     * The tiles [out / 16, in / 32, 512] of a matrix.
     *
     * @param turned [in, out], as {@link RowQuantizer.Rows#values()}
     */
    static byte[] of(byte[] turned, int out, int in) {
        int innerTiles = padded(in, INNER) / INNER;
        byte[] tiles = new byte[padded(out, COLUMNS) / COLUMNS * innerTiles * BYTES];
        for (int k = 0; k < in; k++) {
            for (int n = 0; n < out; n++) {
                int tile = n / COLUMNS * innerTiles + k / INNER;
                tiles[tile * BYTES + place(n % COLUMNS, k % INNER)] = turned[k * out + n];
            }
        }
        return tiles;
    }

    private static int place(int column, int inner) {
        int half = INNER / 2;
        int columns = COLUMNS / 2;
        int thread = column % columns * WORD + inner % half / WORD;
        int word = column / columns * WORDS_OF_COLUMN + inner / half;
        return thread * THREAD_BYTES + word * WORD + inner % WORD;
    }
}
