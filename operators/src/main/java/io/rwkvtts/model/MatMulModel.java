package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A model of nothing but one product {@code out [rows, columns] = in [rows, inner] · W}, in a
 * number format that the large matrices of an exported model have, or could have: to find out how
 * fast a machine multiplies.
 *
 * @param format of {@code in} and W
 * @param rows rows of {@code in}
 * @param inner columns of {@code in}, a multiple of 64
 * @param columns columns of W
 */
public record MatMulModel(Format format, int rows, int inner, int columns) {

    /** Name of the input. */
    public static final String IN = "in";

    /** Name of the output. */
    public static final String OUT = "out";

    /** How the numbers of a product are held. */
    public enum Format {
        /** 32-bit floats, {@code MatMul}. */
        FLOAT,
        /**
         * Floats by the 8-bit blocks of {@link WeightFormat#INT8_BLOCKS}, {@code MatMulNBits}: the
         * floats are quantised on the way, and every block is scaled.
         */
        INT8_BLOCKS,
        /** Unsigned by signed bytes without any scale, {@code MatMulInteger}. */
        BYTES
    }

    private static final float SCALE = 1f / 128;

    /** Multiplications and additions of one run. */
    public long operations() {
        return 2L * rows * inner * columns;
    }

    /**
     * Writes the model, with random weights.
     *
     * @param directory an empty one
     * @return the graph, which names the weights beside it
     */
    public Path write(Path directory) throws IOException {
        Path file = directory.resolve(ModelDirectory.GRAPH);
        byte[] weights = new byte[Math.multiplyExact(inner, columns)];
        new Random(1).nextBytes(weights);
        try (WeightFile memory = new WeightFile(directory.resolve(ModelDirectory.WEIGHTS))) {
            OnnxGraph graph = new OnnxGraph(memory);
            DataType in = format == Format.BYTES ? DataType.UINT8 : DataType.FLOAT;
            DataType out = format == Format.BYTES ? DataType.INT32 : DataType.FLOAT;
            String x = graph.input(IN, in, rows, inner);
            product(graph, x, weights).out(OUT);
            graph.output(OUT, out, rows, columns);
            graph.write(file);
        }
        return file;
    }

    private OnnxGraph.Node product(OnnxGraph graph, String x, byte[] weights) throws IOException {
        return switch (format) {
            case FLOAT -> {
                float[] floats = new float[weights.length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = weights[i] * SCALE;
                }
                yield graph.node("MatMul", x, graph.weights("W", floats, inner, columns));
            }
            case INT8_BLOCKS -> {
                int blocks = BlockQuantizer.blocks(inner);
                float[] scales = new float[blocks * columns];
                Arrays.fill(scales, SCALE);
                yield BlockFormat.product(
                        graph, x, "W", new BlockQuantizer.Blocks(weights, scales), columns, inner);
            }
            case BYTES ->
                    graph.node("MatMulInteger", x, graph.signedBytes("W", weights, inner, columns));
        };
    }
}
