package io.rwkvtts.model;

import java.io.IOException;

/**
 * {@link WeightFormat#INT4_GROUPS}, for native operators alone. The head and the low-rank matrices
 * are those of {@link RowFormat}.
 */
final class GroupFormat extends RowFormat {

    GroupFormat(OnnxGraph graph) {
        super(graph);
    }

    @Override
    boolean nibbles() {
        return true;
    }

    @Override
    PackedMatrix packLarge(float[] matrix, int out, int in) {
        GroupQuantizer.Groups groups = GroupQuantizer.quantize(matrix, out, in);
        int[] sums = new int[out];
        int perRow = GroupQuantizer.groups(in);
        for (int i = 0; i < matrix.length; i++) {
            int factor = groups.factors()[i / in * perRow + i % in / GroupQuantizer.GROUP];
            sums[i / in] += factor * (groups.nibbles()[i] - GroupQuantizer.ZERO);
        }
        return new PackedMatrix(NibbleBlocks.of(groups, out, in), sums, groups.scales());
    }

    @Override
    public OnnxGraph.Node product(Operand x, String name, float[] matrix, int out, int in)
            throws IOException {
        throw new UnsupportedOperationException(
                "ONNX Runtime has no operator for nibbles in groups");
    }
}
