package io.rwkvtts.model;

import java.io.IOException;

/** How a graph holds its large matrices, and how it multiplies with them. */
interface MatrixFormat {

    /**
     * {@code x} [M, K] for products.
     *
     * @param rows a name of M; operands with equally many rows share what depends on M alone
     */
    default Operand operand(String x, String rows) {
        return Operand.floats(x);
    }

    /**
     * As {@link #operand}, for {@code x} of which a part of a row can be NaN without the others.
     */
    default Operand checkedOperand(String x, String rows) {
        return Operand.floats(x);
    }

    /** {@code x} [M, K] without negative numbers for products. */
    default Operand nonNegativeOperand(String x) {
        return Operand.floats(x);
    }

    /**
     * {@code W · x} for each row x of an operand, [M, out].
     *
     * @param matrix W, row-major [out, in]
     */
    OnnxGraph.Node product(Operand x, String name, float[] matrix, int out, int in)
            throws IOException;

    /**
     * {@code x · W} of the first matrix of a low-rank pair, [M, rank].
     *
     * @param matrix W, row-major [in, rank]
     */
    OnnxGraph.Node lowRank(Operand x, String name, float[] matrix, int in, int rank)
            throws IOException;

    /** The rows of a matrix as columns. */
    static float[] transpose(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
