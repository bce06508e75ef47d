package io.rwkvtts.model;

import io.rwkvtts.checkpoint.HalfFloat;
import io.rwkvtts.checkpoint.ModelFormatException;
import java.io.IOException;

/**
 * {@link WeightFormat#HALVES} on a CPU: 32-bit floats that have the values of 16-bit ones, the same
 * as on a CUDA device.
 */
final class HalfFormat extends FloatFormat {

    HalfFormat(OnnxGraph graph) {
        super(graph);
    }

    @Override
    public OnnxGraph.Node lowRank(Operand x, String name, float[] matrix, int in, int rank)
            throws IOException {
        requireInRange(name, matrix);
        float[] rounded = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            rounded[i] = HalfFloat.toFloat(HalfFloat.fromFloat(matrix[i]));
        }
        return super.lowRank(x, name, rounded, in, rank);
    }

    /**
     * Requires that 16-bit floats reach the weights of a matrix.
     *
     * @throws ModelFormatException if not
     */
    static void requireInRange(String name, float[] matrix) {
        for (float weight : matrix) {
            if (Float.isInfinite(HalfFloat.toFloat(HalfFloat.fromFloat(weight)))) {
                throw new ModelFormatException(
                        "tensor %s has a weight of %s, and 16-bit floats end at 65504: take another quantisation"
                                .formatted(name, weight));
            }
        }
    }
}
