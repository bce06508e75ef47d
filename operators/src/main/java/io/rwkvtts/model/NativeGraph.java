package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link GraphForm#NATIVE}: the network of {@link Rwkv7Graph}, with the same inputs and outputs,
 * but with all between two products in one operator of the project's own ({@code src/main/native}).
 *
 * <p>Products stay sums of integers until such an operator scales them; it leaves bytes for the
 * next.
 */
final class NativeGraph {

    /** Part of the numeric identity of a model: to be raised with every change of the operators. */
    static final String VERSION = "rwkv7-native-2";

    private static final List<String> TIME_MIXES =
            List.of("att.x_r", "att.x_w", "att.x_k", "att.x_v", "att.x_a", "att.x_g");
    private static final List<String> CHANNEL_MIXES = List.of("ffn.x_k");

    /** What is done to a low-rank pair's inner values, by the numbers the operator knows. */
    private enum Activation {
        NONE,
        TANH,
        SIGMOID
    }

    /** A sum [M, D], and its norm mixed with that of the token before. */
    private record Mixed(String sum, Operand[] operands) {}

    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final ModelShape shape;
    private final RowFormat format;
    private final String tokens;
    private final String lengths;
    private final String shift;
    private final List<String> newShifts = new ArrayList<>();

    /** v of layer 0, which the later layers of the same token mix in. */
    private String firstValue;

    private NativeGraph(OnnxGraph graph, GraphWeights weights, RowFormat format, ModelShape shape) {
        this.graph = graph;
        this.weights = weights;
        this.shape = shape;
        this.format = format;
        tokens = graph.input(GraphNames.TOKENS, DataType.INT64, "B", "T");
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
        String flatTokens = graph.op("Reshape", tokens, graph.integers(-1));
        String x = Embedding.of(graph, weights, shape, flatTokens);
        RowFormat.Sums added = null;
        for (int layer = 0; layer < shape.layers(); layer++) {
            String block = "blocks." + layer + ".";
            Mixed attention = normMix(x, added, block, "ln1", TIME_MIXES);
            added = timeMix(layer, attention.operands);
            Mixed channels = normMix(attention.sum, added, block, "ln2", CHANNEL_MIXES);
            x = channels.sum;
            added = channelMix(block + "ffn.", channels.operands[0]);
        }
        Operand last = lastNorm(x, added);
        scaled(sums(last, "head.weight", headRows, shape.width()), Activation.NONE)
                .out(GraphNames.LOGITS);
        graph.output(GraphNames.LOGITS, DataType.FLOAT, "B", headRows);
        String newShift = GraphNames.newState(GraphNames.SHIFT);
        graph.node("Concat", newShifts.toArray(String[]::new)).attribute("axis", -1).out(newShift);
        graph.output(newShift, DataType.FLOAT, "B", shiftWidth());
    }

    private int shiftWidth() {
        return 2 * shape.layers() * shape.width();
    }

    /**
     * @param added what the layer before adds to {@code x}, null for none
     */
    private Mixed normMix(
            String x, RowFormat.Sums added, String block, String norm, List<String> mixes)
            throws IOException {
        float[] factors = new float[mixes.size() * shape.width()];
        for (int i = 0; i < mixes.size(); i++) {
            float[] mix = weights.values(block + mixes.get(i));
            System.arraycopy(mix, 0, factors, i * shape.width(), shape.width());
        }
        List<String> inputs =
                new ArrayList<>(
                        List.of(
                                x,
                                vector(block + norm + ".weight"),
                                vector(block + norm + ".bias"),
                                lengths,
                                shift,
                                graph.weights(
                                        block + norm + ".mix",
                                        factors,
                                        mixes.size(),
                                        shape.width())));
        if (added != null) {
            inputs.addAll(List.of(added.values(), added.rows(), added.columns()));
        }
        String[] outputs =
                graph.own("NormMix", inputs.toArray(String[]::new))
                        .attribute("place", newShifts.size())
                        .outs(2 + 2 * mixes.size());
        newShifts.add(outputs[1]);
        Operand[] operands = new Operand[mixes.size()];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = format.signed(outputs[2 + 2 * i], outputs[3 + 2 * i]);
        }
        return new Mixed(outputs[0], operands);
    }

    /** What the time mix of a layer adds to x (spec 1.3, steps 2.2 to 2.12). */
    private RowFormat.Sums timeMix(int layer, Operand[] mixed) throws IOException {
        String block = "blocks." + layer + ".att.";
        RowFormat.Sums r = square(mixed[0], block + "receptance.weight");
        RowFormat.Sums k = square(mixed[2], block + "key.weight");
        RowFormat.Sums v = square(mixed[3], block + "value.weight");
        Object[] size = {"B", shape.heads(), shape.headSize(), shape.headSize()};
        String state = graph.input(GraphNames.wkv(layer), DataType.FLOAT, size);
        String newState = GraphNames.newState(state);
        graph.output(newState, DataType.FLOAT, size);
        List<String> inputs =
                new ArrayList<>(
                        List.of(
                                r.values(),
                                r.rows(),
                                r.columns(),
                                k.values(),
                                k.rows(),
                                k.columns(),
                                v.values(),
                                v.rows(),
                                v.columns()));
        inputs.add(lowRank(mixed[1], block + "w", shape.decayRank(), Activation.TANH));
        inputs.add(lowRank(mixed[4], block + "a", shape.aRank(), Activation.NONE));
        inputs.add(lowRank(mixed[5], block + "g", shape.gateRank(), Activation.SIGMOID));
        for (String name : List.of("w0", "a0", "k_k", "k_a", "r_k", "ln_x.weight", "ln_x.bias")) {
            inputs.add(vector(block + name));
        }
        inputs.add(lengths);
        inputs.add(state);
        String gated = block + "gated";
        if (layer == 0) {
            firstValue = block + "value";
            graph.own("TimeMix", inputs.toArray(String[]::new)).outs(gated, newState, firstValue);
        } else {
            inputs.add(lowRank(mixed[3], block + "v", shape.valueRank(), Activation.NONE));
            inputs.add(vector(block + "v0"));
            inputs.add(firstValue);
            graph.own("TimeMix", inputs.toArray(String[]::new)).outs(gated, newState);
        }
        String[] bytes = graph.own("QuantizeRows", gated).outs(2);
        return square(format.signed(bytes[0], bytes[1]), block + "output.weight");
    }

    /** What the channel mix of a layer adds to x (step 2.13). */
    private RowFormat.Sums channelMix(String block, Operand x) throws IOException {
        int width = shape.width();
        int hidden = shape.ffnWidth();
        RowFormat.Sums keys = sums(x, block + "key.weight", hidden, width);
        String[] bytes =
                graph.own("SquaredRelu", keys.values(), keys.rows(), keys.columns()).outs(2);
        return sums(new Operand(bytes[0], bytes[1], null), block + "value.weight", width, hidden);
    }

    private Operand lastNorm(String x, RowFormat.Sums added) throws IOException {
        String[] bytes =
                graph.own(
                                "LastNorm",
                                x,
                                vector("ln_out.weight"),
                                vector("ln_out.bias"),
                                lengths,
                                added.values(),
                                added.rows(),
                                added.columns())
                        .outs(2);
        return format.signed(bytes[0], bytes[1]);
    }

    /** A low-rank pair without the bias and what follows. */
    private String lowRank(Operand x, String name, int rank, Activation activation)
            throws IOException {
        int width = shape.width();
        float[] first = MatrixFormat.transpose(weights.values(name + "1"), width, rank);
        String inner = scaled(format.sums(x, name + "1", first, rank, width), activation).out();
        return weights.up(inner, name + "2", rank, width);
    }

    private OnnxGraph.Node scaled(RowFormat.Sums sums, Activation activation) {
        return graph.own("ScaleSums", sums.values(), sums.rows(), sums.columns())
                .attribute("activation", activation.ordinal());
    }

    private RowFormat.Sums square(Operand x, String name) throws IOException {
        return sums(x, name, shape.width(), shape.width());
    }

    private RowFormat.Sums sums(Operand x, String name, int out, int in) throws IOException {
        return format.sums(x, name, weights.rows(name, 0, out), out, in);
    }

    private String vector(String name) throws IOException {
        return weights.tensor(name, shape.width());
    }
}
