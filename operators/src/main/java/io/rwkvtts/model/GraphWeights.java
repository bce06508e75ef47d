package io.rwkvtts.model;

import io.rwkvtts.checkpoint.Checkpoint;
import java.io.IOException;

/**
 * Puts the tensors of a checkpoint into a graph, in the form its operators want: vectors and the
 * second matrices of low-rank pairs as they are, the others as the {@link MatrixFormat} has them.
 */
final class GraphWeights {

    private final Checkpoint checkpoint;
    private final OnnxGraph graph;
    private final MatrixFormat format;

    GraphWeights(Checkpoint checkpoint, OnnxGraph graph, MatrixFormat format) {
        this.checkpoint = checkpoint;
        this.graph = graph;
        this.format = format;
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

    /** See {@link MatrixFormat#operand}. */
    Operand operand(String x, String rows) {
        return format.operand(x, rows);
    }

    /** See {@link MatrixFormat#checkedOperand}. */
    Operand checkedOperand(String x, String rows) {
        return format.checkedOperand(x, rows);
    }

    /** See {@link MatrixFormat#nonNegativeOperand}. */
    Operand nonNegativeOperand(String x) {
        return format.nonNegativeOperand(x);
    }

    /** {@code W · x} of the first {@code out} rows of a matrix that is stored {@code [.., in]}. */
    OnnxGraph.Node linear(Operand x, String name, int out, int in) throws IOException {
        return format.product(x, name, checkpoint.rows(name, 0, out), out, in);
    }

    /** {@code x · W} of the first matrix of a low-rank pair, which is stored {@code [in, rank]}. */
    String down(Operand x, String name, int in, int rank) throws IOException {
        return format.lowRank(x, name, values(name), in, rank).out();
    }

    /**
     * {@code x · W} of the second matrix of a low-rank pair, which is stored {@code [rank, out]}.
     */
    String up(String x, String name, int rank, int out) throws IOException {
        return graph.op("MatMul", x, tensor(name, rank, out));
    }
}
