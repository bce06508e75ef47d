package io.rwkvtts.model;

import io.rwkvtts.checkpoint.Checkpoint;
import java.io.IOException;

/** Which operators the graph of an exported model is made of. */
public enum GraphForm {

    /** ONNX Runtime's own. */
    STANDARD(Rwkv7Graph.VERSION, false) {
        @Override
        void build(OnnxGraph graph, Checkpoint checkpoint, MatrixFormat format, int headRows)
                throws IOException {
            GraphWeights weights = new GraphWeights(checkpoint, graph, format);
            Rwkv7Graph.build(graph, weights, checkpoint.shape(), headRows);
        }
    },

    /**
     * All that lies between two products in one operator of the project's own: native code, which
     * is there if the project was built with a C++ compiler, on Linux. Products must be sums of
     * bytes by the row.
     */
    NATIVE(NativeGraph.VERSION, true) {
        @Override
        void build(OnnxGraph graph, Checkpoint checkpoint, MatrixFormat format, int headRows)
                throws IOException {
            if (!(format instanceof RowFormat rows)) {
                throw new IllegalArgumentException(
                        "native operators scale sums of bytes by the row: expected a format of"
                                + " such, not "
                                + format.getClass().getSimpleName());
            }
            GraphWeights weights = new GraphWeights(checkpoint, graph, rows);
            NativeGraph.build(graph, weights, rows, checkpoint.shape(), headRows);
        }
    };

    private final String version;
    private final boolean nativeOperators;

    GraphForm(String version, boolean nativeOperators) {
        this.version = version;
        this.nativeOperators = nativeOperators;
    }

    /** Whether an engine needs the project's native operators. */
    public boolean nativeOperators() {
        return nativeOperators;
    }

    /** Version of the operators: part of the numeric identity of a model. */
    String version() {
        return version;
    }

    /** Adds the whole network, with the first {@code headRows} rows of the head, to a graph. */
    abstract void build(OnnxGraph graph, Checkpoint checkpoint, MatrixFormat format, int headRows)
            throws IOException;
}
