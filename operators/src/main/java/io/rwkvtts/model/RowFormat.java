package io.rwkvtts.model;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link WeightFormat#INT8_ROWS}: each row of a matrix and each row of an operand is bytes with one
 * scale. Their products are sums of integers, which are exact, so that a row's result can't depend
 * on the rows beside it or on the order of summation.
 */
class RowFormat implements MatrixFormat {

    /** The byte that stands for 0 in operands with negative numbers. */
    private static final int MIDDLE = 128;

    private static final int SIGNED_STEPS = 127;
    private static final int UNSIGNED_STEPS = 255;

    private final OnnxGraph graph;
    private final Map<String, String> middles = new HashMap<>();
    private String middle;

    RowFormat(OnnxGraph graph) {
        this.graph = graph;
    }

    @Override
    public Operand operand(String x, String rows) {
        return operand(x, scales(graph.op("Abs", x), SIGNED_STEPS), rows);
    }

    /**
     * A NaN would be a byte like others, and the largest of its row may hide it; a sum does not.
     */
    @Override
    public Operand checkedOperand(String x, String rows) {
        String sum = graph.node("ReduceSum", x, graph.integers(-1)).attribute("keepdims", 0).out();
        String zeroOrNaN = graph.op("Mul", sum, graph.scalar(0));
        String scales = scales(graph.op("Abs", x), SIGNED_STEPS);
        return operand(x, graph.op("Add", scales, zeroOrNaN), rows);
    }

    private Operand operand(String x, String scales, String rows) {
        if (middle == null) {
            middle = graph.unsignedByte(MIDDLE);
        }
        String zeros = middles.computeIfAbsent(rows, name -> graph.repeated(MIDDLE, scales));
        return new Operand(quantized(x, scales, zeros), scales, middle);
    }

    @Override
    public Operand nonNegativeOperand(String x) {
        String scales = scales(x, UNSIGNED_STEPS);
        return new Operand(quantized(x, scales), scales, null);
    }

    /**
     * The largest number of each row, divided by the steps, [M]. A row of zeros has the scale 0:
     * its bytes may be anything, since they are multiplied by that.
     */
    private String scales(String magnitudes, int steps) {
        String largest =
                graph.node("ReduceMax", magnitudes, graph.integers(-1))
                        .attribute("keepdims", 0)
                        .out();
        return graph.op("Mul", largest, graph.scalar(1f / steps));
    }

    private String quantized(String... inputs) {
        return graph.node("QuantizeLinear", inputs).attribute("axis", 0).out();
    }

    /** Whether {@link #packLarge} makes {@link NibbleBlocks}. */
    boolean nibbles() {
        return false;
    }

    /** One of the large matrices of a layer, row-major [out, in], for native operators. */
    PackedMatrix packLarge(float[] matrix, int out, int in) {
        return pack(matrix, out, in);
    }

    /** Another matrix, row-major [out, in], for native operators. */
    static PackedMatrix pack(float[] matrix, int out, int in) {
        RowQuantizer.Rows rows = RowQuantizer.quantize(matrix, out, in);
        int[] sums = new int[out];
        for (int i = 0; i < rows.values().length; i++) {
            sums[i % out] += rows.values()[i];
        }
        return new PackedMatrix(ByteBlocks.of(rows.values(), out, in), sums, rows.scales());
    }

    @Override
    public OnnxGraph.Node product(Operand x, String name, float[] matrix, int out, int in)
            throws IOException {
        RowQuantizer.Rows rows = RowQuantizer.quantize(matrix, out, in);
        String values = graph.signedBytes(name, rows.values(), in, out);
        String scales = graph.weights(name + ".scales", rows.scales(), out);
        String sums =
                x.zero() == null
                        ? graph.op("MatMulInteger", x.values(), values)
                        : graph.op("MatMulInteger", x.values(), values, x.zero());
        String rowsScaled =
                graph.node("DequantizeLinear", sums, x.scales()).attribute("axis", 0).out();
        return graph.node("Mul", rowsScaled, scales);
    }

    @Override
    public OnnxGraph.Node lowRank(Operand x, String name, float[] matrix, int in, int rank)
            throws IOException {
        return product(x, name, MatrixFormat.transpose(matrix, in, rank), rank, in);
    }
}
