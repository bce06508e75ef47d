package io.rwkvtts.model;

/** Symmetric 8-bit quantisation with one scale for each row of a matrix. */
final class RowQuantizer {

    private static final int LARGEST = 127;

    private RowQuantizer() {}

    /**
     * A quantised matrix, turned.
     *
     * @param values {@code [columns, rows]}, each q standing for q · scale of its row
     * @param scales {@code [rows]}
     */
    record Rows(byte[] values, float[] scales) {}

    /** Quantises a row-major matrix of finite weights. */
    static Rows quantize(float[] matrix, int rows, int columns) {
        byte[] values = new byte[matrix.length];
        float[] scales = new float[rows];
        for (int row = 0; row < rows; row++) {
            float largest = 0;
            for (int column = 0; column < columns; column++) {
                largest = Math.max(largest, Math.abs(matrix[row * columns + column]));
            }
            float scale = largest / LARGEST;
            // A row of weights too small for a scale is a row of zeros.
            float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
            scales[row] = inverse == 0 ? 0 : scale;
            for (int column = 0; column < columns; column++) {
                values[column * rows + row] =
                        (byte) Math.round(matrix[row * columns + column] * inverse);
            }
        }
        return new Rows(values, scales);
    }
}
