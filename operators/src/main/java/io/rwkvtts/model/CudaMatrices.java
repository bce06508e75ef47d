package io.rwkvtts.model;

import java.io.IOException;
import java.util.List;

/**
 * The matrices of a {@link CudaGraph} in one number format, and the operators that multiply with
 * them. An operand, and what a product yields, is one value of the graph or several that belong
 * together.
 */
interface CudaMatrices {

    /**
     * A product to be.
     *
     * @param x operand [M, in]
     * @param tiles of the matrix
     * @param scales what makes numbers of the sums of its columns; none for sums that are numbers
     */
    record Product(List<String> x, String tiles, List<String> scales) {}

    /** The operator of that name which takes and makes operands and products of this format. */
    String operator(String name);

    /** Values of an operand. */
    int operandValues();

    /** Floats [M, in] as an operand. */
    List<String> operand(String floats);

    /**
     * A product with a matrix.
     *
     * @param matrix row-major [out, in]
     */
    Product product(List<String> x, String name, float[] matrix, int out, int in)
            throws IOException;

    /**
     * A product with the first matrix of a low-rank pair, which yields {@link #paddedRank} columns,
     * zeros at the end.
     *
     * @param matrix row-major [rank, in]
     */
    Product lowRank(List<String> x, String name, float[] matrix, int rank, int in)
            throws IOException;

    /** Columns that a product of {@link #lowRank} yields. */
    int paddedRank(int rank);

    /** Products at once: on a device it is the launch of a kernel that costs. */
    List<List<String>> products(List<Product> products);

    /** max(0, product)² as an operand for {@link #ofSquares}. */
    List<String> squaredRelu(Product product);

    /** A product whose operand is of {@link #squaredRelu}. */
    List<String> ofSquares(Product product);

    /**
     * A product as floats [M, columns] under the name of the logits.
     *
     * @param columns those that are not padding
     */
    void logits(Product product, int columns);
}
