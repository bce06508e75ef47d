package io.rwkvtts.engine.cpu;

import io.rwkvtts.checkpoint.ModelShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Reads the numbers of a state saved in layout 1, at the scale of the spec. */
final class StateView {

    private static final double SCALE = 0x1p40;

    private final ModelShape shape;
    private final FloatBuffer floats;

    StateView(ModelShape shape, byte[] state) {
        this.shape = shape;
        floats = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    /** Last ln1 output of a layer. */
    double[] attentionShift(int layer) {
        return vector(2 * layer * shape.width());
    }

    /** Last ln2 output of a layer. */
    double[] channelShift(int layer) {
        return vector((2 * layer + 1) * shape.width());
    }

    /** An element of the matrix state. */
    double wkv(int layer, int head, int value, int key) {
        int size = shape.headSize();
        int shifts = 2 * shape.layers() * shape.width();
        int row = ((layer * shape.heads() + head) * size + key) * size;
        return floats.get(shifts + row + value) * SCALE;
    }

    private double[] vector(int from) {
        double[] vector = new double[shape.width()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = floats.get(from + i);
        }
        return vector;
    }
}
