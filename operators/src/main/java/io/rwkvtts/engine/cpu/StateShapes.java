package io.rwkvtts.engine.cpu;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.model.GraphNames;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors that make up the state, in the order of a saved one. */
final class StateShapes {

    private StateShapes() {}

    /** Shapes by input name, −1 for the number of rows. */
    static Map<String, long[]> of(ModelShape shape) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(GraphNames.SHIFT, new long[] {-1, 2L * shape.layers() * shape.width()});
        for (int layer = 0; layer < shape.layers(); layer++) {
            shapes.put(
                    GraphNames.wkv(layer),
                    new long[] {-1, shape.heads(), shape.headSize(), shape.headSize()});
        }
        return shapes;
    }
}
