package io.rwkvtts.model;

import java.io.IOException;

/**
 * Puts the tensors of a checkpoint into a graph, in the form its operators want: low-rank matrices
 * and vectors as they are, large matrices transposed or quantised.
 */
final class GraphWeights {

    /** Level at which MatMulNBits quantises the activations to 8 bits, row by row. */
    private static final int INT8_ACTIVATIONS = 4;

    private final Checkpoint checkpoint;
    private final OnnxGraph graph;
    private final Quantization quantization;

    GraphWeights(Checkpoint checkpoint, OnnxGraph graph, Quantization quantization) {
        this.checkpoint = checkpoint;
        this.graph = graph;
        this.quantization = quantization;
    }

    /** The values of a tensor. */
    float[] values(String name) {
        return checkpoint.tensor(name);
    }

    /** Some rows of a matrix. */
    float[] rows(String name, int from, int to) {
        return checkpoint.rows(name, from, to);
    }

    /** A tensor unchanged but for its shape. */
    String tensor(String name, long... shape) throws IOException {
        return graph.weights(name, values(name), shape);
    }

    /** {@code x · W} of a matrix that is stored {@code [in, out]}. */
    String lowRank(String x, String name, int in, int out) throws IOException {
        return graph.op("MatMul", x, tensor(name, in, out));
    }

    /** {@code W · x} of the first {@code out} rows of a matrix that is stored {@code [.., in]}. */
    OnnxGraph.Node linear(String x, String name, int out, int in) throws IOException {
        float[] matrix = checkpoint.rows(name, 0, out);
        return switch (quantization) {
            case NONE ->
                    graph.node(
                            "MatMul", x, graph.weights(name, transpose(matrix, out, in), in, out));
            case INT8 ->
                    blockProduct(graph, x, name, BlockQuantizer.quantize(matrix, out, in), out, in);
        };
    }

    /** {@code W · x} of a matrix {@code [out, in]} in blocks. */
    static OnnxGraph.Node blockProduct(
            OnnxGraph graph, String x, String name, BlockQuantizer.Blocks blocks, int out, int in)
            throws IOException {
        int perRow = BlockQuantizer.blocks(in);
        String values = graph.weights(name, blocks.values(), out, perRow, BlockQuantizer.BLOCK);
        String scales = graph.weights(name + ".scales", blocks.scales(), out, perRow);
        return graph.microsoft("MatMulNBits", x, values, scales)
                .attribute("K", in)
                .attribute("N", out)
                .attribute("bits", 8)
                .attribute("block_size", BlockQuantizer.BLOCK)
                .attribute("accuracy_level", INT8_ACTIVATIONS);
    }

    private static float[] transpose(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
