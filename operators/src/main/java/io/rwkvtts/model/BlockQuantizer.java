package io.rwkvtts.model;

/**
 * Symmetric 8-bit quantisation in blocks along the rows of a matrix, in the layout of ONNX
 * Runtime's {@code MatMulNBits}: values of a row one after another, each q standing for (q − 128) ·
 * scale of its block.
 */
final class BlockQuantizer {

    /**
     * Weights with one scale. Blocks of 64 (and 32) make a row's result independent of the other
     * rows of a batch; with 128 the kernel computes rows in pairs and an odd last row differs.
     */
    static final int BLOCK = 64;

    private static final int ZERO = 128;
    private static final int LARGEST = 127;

    private BlockQuantizer() {}

    /**
     * A quantised matrix.
     *
     * @param values {@code [rows, blocks, BLOCK]}, the last block of a row padded with zeros
     * @param scales {@code [rows, blocks]}
     */
    record Blocks(byte[] values, float[] scales) {}

    /** Blocks in a row of this many weights. */
    static int blocks(int columns) {
        return (columns + BLOCK - 1) / BLOCK;
    }

    /** Quantises a row-major matrix of finite weights. */
    static Blocks quantize(float[] matrix, int rows, int columns) {
        int blocks = blocks(columns);
        byte[] values = new byte[Math.multiplyExact(rows, blocks * BLOCK)];
        float[] scales = new float[rows * blocks];
        for (int row = 0; row < rows; row++) {
            for (int block = 0; block < blocks; block++) {
                int from = row * columns + block * BLOCK;
                int length = Math.min(BLOCK, columns - block * BLOCK);
                int index = row * blocks + block;
                scales[index] = quantizeBlock(matrix, from, length, values, index * BLOCK);
            }
        }
        return new Blocks(values, scales);
    }

    private static float quantizeBlock(
            float[] matrix, int from, int length, byte[] values, int to) {
        float largest = 0;
        for (int i = from; i < from + length; i++) {
            largest = Math.max(largest, Math.abs(matrix[i]));
        }
        float scale = largest / LARGEST;
        // A block of weights too small for a scale is a block of zeros.
        float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
        for (int i = 0; i < BLOCK; i++) {
            float weight = i < length ? matrix[from + i] : 0;
            values[to + i] = (byte) (ZERO + Math.round(weight * inverse));
        }
        return inverse == 0 ? 0 : scale;
    }
}
