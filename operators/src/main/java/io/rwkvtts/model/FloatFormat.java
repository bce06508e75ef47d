package io.rwkvtts.model;

import java.io.IOException;

/** {@link WeightFormat#FLOATS}. */
class FloatFormat implements MatrixFormat {

    final OnnxGraph graph;

    FloatFormat(OnnxGraph graph) {
        this.graph = graph;
    }

    @Override
    public OnnxGraph.Node product(Operand x, String name, float[] matrix, int out, int in)
            throws IOException {
        return lowRank(x, name, MatrixFormat.transpose(matrix, out, in), in, out);
    }

    @Override
    public OnnxGraph.Node lowRank(Operand x, String name, float[] matrix, int in, int rank)
            throws IOException {
        return graph.node("MatMul", x.values(), graph.weights(name, matrix, in, rank));
    }
}
