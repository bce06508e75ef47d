package io.rwkvtts.model;

import io.rwkvtts.checkpoint.Checkpoint;
import java.io.IOException;

/** Which operators the graph of an exported model is made of. */
public enum GraphForm {

    /** ONNX Runtime's own. */
    STANDARD(Rwkv7Graph.VERSION) {
        @Override
        void build(OnnxGraph graph, Checkpoint checkpoint, MatrixFormat format, int headRows)
                throws IOException {
            GraphWeights weights = new GraphWeights(checkpoint, graph, format);
            Rwkv7Graph.build(graph, weights, checkpoint.shape(), headRows);
        }
    },

    /**
     * Each layer as one operator of the project's own: native code, which is there if the project
     * was built with a C++ compiler, on Linux. Products must be sums of bytes by the row.
     */
    NATIVE(NativeGraph.VERSION) {
        @Override
        void build(OnnxGraph graph, Checkpoint checkpoint, MatrixFormat format, int headRows)
                throws IOException {
            RowFormat rows = rowFormat(format);
            GraphWeights weights = new GraphWeights(checkpoint, graph, rows);
            NativeGraph.build(graph, weights, rows, checkpoint.shape(), headRows);
        }
    },

    /**
     * Everything in the project's own operators for CUDA devices; the states of all sequences stay
     * in the memory of the device. With bytes by the row they compute the bits of {@link #NATIVE}.
     */
    CUDA(CudaGraph.VERSION) {
        @Override
        void build(OnnxGraph graph, Checkpoint checkpoint, MatrixFormat format, int headRows)
                throws IOException {
            CudaMatrices matrices;
            if (format instanceof HalfFormat) {
                matrices = new CudaHalfMatrices(graph);
            } else {
                rowFormat(format);
                matrices = new CudaByteMatrices(graph);
            }
            GraphWeights weights = new GraphWeights(checkpoint, graph, format);
            CudaGraph.build(graph, weights, matrices, checkpoint.shape(), headRows);
        }
    };

    private final String version;

    GraphForm(String version) {
        this.version = version;
    }

    private static RowFormat rowFormat(MatrixFormat format) {
        if (format instanceof RowFormat rows) {
            return rows;
        }
        throw new IllegalArgumentException(
                "native operators scale sums of bytes by the row: expected a format of such, not "
                        + format.getClass().getSimpleName());
    }

    /** Version of the operators: part of the numeric identity of a model. */
    String version() {
        return version;
    }

    /** Adds the whole network, with the first {@code headRows} rows of the head, to a graph. */
    abstract void build(OnnxGraph graph, Checkpoint checkpoint, MatrixFormat format, int headRows)
            throws IOException;
}
