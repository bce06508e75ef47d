package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link GraphForm#NATIVE}: the network of {@link Rwkv7Graph}, with the same inputs and outputs,
 * but each layer, and the head, as one operator of the project's own ({@code src/main/native}).
 *
 * <p>What a layer adds to its input leaves it as sums of integers with their scales, which the next
 * one adds up.
 */
final class NativeGraph {

    /** Part of the numeric identity of a model: to be raised with every change of the operators. */
    static final String VERSION = "rwkv7-native-3";

    /** The byte that stands for 0 in operands with negative numbers. */
    private static final int MIDDLE = 128;

    private static final List<String> TIME_MIXES =
            List.of("x_r", "x_w", "x_k", "x_v", "x_a", "x_g");
    private static final List<String> CHANNEL_MIXES = List.of("x_k");

    /** What a layer makes of x: the sum of x and the time mix, and what is still to be added. */
    private record LayerOutput(String x, String sums, String rows, String columns) {}

    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final RowFormat format;
    private final ModelShape shape;
    private final String lengths;
    private final String shift;
    private final String[] newShifts;

    /** v of layer 0, which the later layers of the same token mix in. */
    private String firstValue;

    private NativeGraph(OnnxGraph graph, GraphWeights weights, RowFormat format, ModelShape shape) {
        this.graph = graph;
        this.weights = weights;
        this.format = format;
        this.shape = shape;
        newShifts = new String[shape.layers()];
        lengths = graph.input(GraphNames.LENGTHS, DataType.INT64, "B");
        shift = graph.input(GraphNames.SHIFT, DataType.FLOAT, "B", shiftWidth());
    }

    /** Adds the whole network, with the first {@code headRows} rows of the head, to a graph. */
    static void build(
            OnnxGraph graph, GraphWeights weights, RowFormat format, ModelShape shape, int headRows)
            throws IOException {
        new NativeGraph(graph, weights, format, shape).build(headRows);
    }

    private void build(int headRows) throws IOException {
        String tokens = graph.input(GraphNames.TOKENS, DataType.INT64, "B", "T");
        String flatTokens = graph.op("Reshape", tokens, graph.integers(-1));
        LayerOutput x =
                new LayerOutput(Embedding.of(graph, weights, shape, flatTokens), null, null, null);
        for (int layer = 0; layer < shape.layers(); layer++) {
            x = layer(layer, x);
        }
        head(x, headRows);
        String newShift = GraphNames.newState(GraphNames.SHIFT);
        graph.node("Concat", newShifts).attribute("axis", -1).out(newShift);
        graph.output(newShift, DataType.FLOAT, "B", shiftWidth());
    }

    private int shiftWidth() {
        return 2 * shape.layers() * shape.width();
    }

    private LayerOutput layer(int layer, LayerOutput before) throws IOException {
        String block = "blocks." + layer + ".";
        String att = block + "att.";
        int width = shape.width();
        Object[] size = {"B", shape.heads(), shape.headSize(), shape.headSize()};
        String state = graph.input(GraphNames.wkv(layer), DataType.FLOAT, size);
        String newState = GraphNames.newState(state);
        graph.output(newState, DataType.FLOAT, size);

        List<String> inputs = new ArrayList<>(List.of(before.x, lengths, shift, state));
        addNorm(inputs, block + "ln1", att, TIME_MIXES);
        addNorm(inputs, block + "ln2", block + "ffn.", CHANNEL_MIXES);
        for (String name : List.of("w0", "a0", "k_k", "k_a", "r_k", "ln_x.weight", "ln_x.bias")) {
            inputs.add(vector(att + name));
        }
        inputs.add(up(att + "w2", shape.decayRank()));
        inputs.add(up(att + "a2", shape.aRank()));
        inputs.add(up(att + "g2", shape.gateRank()));
        addMatrix(inputs, att + "receptance.weight", width, width);
        addMatrix(inputs, att + "key.weight", width, width);
        addMatrix(inputs, att + "value.weight", width, width);
        addDown(inputs, att + "w1", shape.decayRank());
        addDown(inputs, att + "a1", shape.aRank());
        addDown(inputs, att + "g1", shape.gateRank());
        addMatrix(inputs, att + "output.weight", width, width);
        addMatrix(inputs, block + "ffn.key.weight", shape.ffnWidth(), width);
        String columns = addMatrix(inputs, block + "ffn.value.weight", width, shape.ffnWidth());
        if (layer > 0) {
            inputs.addAll(List.of(before.sums, before.rows, before.columns, firstValue));
            inputs.add(vector(att + "v0"));
            inputs.add(up(att + "v2", shape.valueRank()));
            addDown(inputs, att + "v1", shape.valueRank());
        }

        String x = block + "x";
        String sums = block + "sums";
        String rows = block + "rows";
        newShifts[layer] = block + "shift";
        List<String> outputs =
                new ArrayList<>(
                        List.of(x, sums, rows, newShifts[layer], newState, block + "memory"));
        if (layer == 0) {
            firstValue = block + "value";
            outputs.add(firstValue);
        }
        graph.own("Layer", inputs.toArray(String[]::new))
                .attribute("layer", layer)
                .attribute("nibbles", format.nibbles() ? 1 : 0)
                .outs(outputs.toArray(String[]::new));
        return new LayerOutput(x, sums, rows, columns);
    }

    private void head(LayerOutput last, int headRows) throws IOException {
        List<String> inputs =
                new ArrayList<>(
                        List.of(
                                last.x,
                                lengths,
                                vector("ln_out.weight"),
                                vector("ln_out.bias"),
                                last.sums,
                                last.rows,
                                last.columns));
        float[] matrix = weights.rows("head.weight", 0, headRows);
        addPacked(inputs, "head.weight", RowFormat.pack(matrix, headRows, shape.width()), headRows);
        graph.own("Head", inputs.toArray(String[]::new)).outs(GraphNames.LOGITS, "head.memory");
        graph.output(GraphNames.LOGITS, DataType.FLOAT, "B", headRows);
    }

    private void addNorm(List<String> inputs, String norm, String mixed, List<String> mixes)
            throws IOException {
        int width = shape.width();
        float[] factors = new float[mixes.size() * width];
        for (int i = 0; i < mixes.size(); i++) {
            System.arraycopy(weights.values(mixed + mixes.get(i)), 0, factors, i * width, width);
        }
        inputs.add(vector(norm + ".weight"));
        inputs.add(vector(norm + ".bias"));
        inputs.add(graph.weights(norm + ".mix", factors, mixes.size(), width));
    }

    /** The first matrix of a low-rank pair, which is stored [in, rank]. */
    private void addDown(List<String> inputs, String name, int rank) throws IOException {
        int width = shape.width();
        float[] matrix = MatrixFormat.transpose(weights.values(name), width, rank);
        addPacked(inputs, name, RowFormat.pack(matrix, rank, width), rank);
    }

    /** The second matrix of a low-rank pair. */
    private String up(String name, int rank) throws IOException {
        int width = shape.width();
        float[] blocks = ByteBlocks.of(weights.values(name), rank, width);
        return graph.weights(name, blocks, width / ByteBlocks.COLUMNS, rank, ByteBlocks.COLUMNS);
    }

    /** A large matrix, stored [out, in]; returns the scales of its columns. */
    private String addMatrix(List<String> inputs, String name, int out, int in) throws IOException {
        return addPacked(inputs, name, format.packLarge(weights.rows(name, 0, out), out, in), out);
    }

    /**
     * Adds the blocks of a matrix, the sums of its columns times {@value #MIDDLE}, and their
     * scales, which it returns.
     */
    private String addPacked(List<String> inputs, String name, PackedMatrix matrix, int out)
            throws IOException {
        int[] zeros = Arrays.stream(matrix.sums()).map(sum -> MIDDLE * sum).toArray();
        byte[] blocks = matrix.blocks();
        int count = ByteBlocks.count(out);
        inputs.add(graph.signedBytes(name, blocks, count, blocks.length / count));
        inputs.add(graph.weights(name + ".zeros", zeros, out));
        String scales = graph.weights(name + ".scales", matrix.scales(), out);
        inputs.add(scales);
        return scales;
    }

    private String vector(String name) throws IOException {
        return weights.tensor(name, shape.width());
    }
}
