package io.rwkvtts.model;

/**
 * A quantised matrix as the native operators take it.
 *
 * @param blocks {@link ByteBlocks} or {@link NibbleBlocks}
 * @param sums of the integers of each row of the matrix, a column of the product
 * @param scales of those columns
 */
record PackedMatrix(byte[] blocks, int[] sums, float[] scales) {}
