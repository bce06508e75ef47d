package io.rwkvtts.model;

import java.io.IOException;

/**
 * {@link WeightFormat#INT8_BLOCKS}: large matrices in {@code MatMulNBits}, low-rank ones floats.
 */
final class BlockFormat extends FloatFormat {

    /** Level at which MatMulNBits quantises the activations to 8 bits, row by row. */
    private static final int INT8_ACTIVATIONS = 4;

    BlockFormat(OnnxGraph graph) {
        super(graph);
    }

    @Override
    public OnnxGraph.Node product(Operand x, String name, float[] matrix, int out, int in)
            throws IOException {
        return product(graph, x.values(), name, BlockQuantizer.quantize(matrix, out, in), out, in);
    }

    /** {@code W · x} of a quantised matrix W {@code [out, in]}. */
    static OnnxGraph.Node product(
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
}
