package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;

/**
 * The RWKV-7 network (spec 1.3) as an ONNX graph that feeds up to T tokens to each of B rows and
 * updates the states of the rows. The same graph serves prefill (T &gt; 1) and step (T = 1).
 *
 * <p>Inputs:
 *
 * <ul>
 *   <li>{@code tokens}, int64 [B, T], a shorter row padded at its end with any token;
 *   <li>{@code lengths}, int64 [B], the tokens of each row; a row of length 0 keeps its state;
 *   <li>{@code shift}, float [B, 2·L·D]: per layer the token-shift vector of the time mix, then
 *       that of the channel mix;
 *   <li>{@code wkv.i}, float [B, H, 64, 64]: the matrix state of layer i, key index before value
 *       index, times 2^−40 ({@link WkvState}).
 * </ul>
 *
 * <p>Outputs: {@code logits}, float [B, head rows], after the last token of each row; {@code
 * shift.out} and {@code wkv.i.out}, the new state, which may be bound to the memory of the old one.
 *
 * <p>Every operator is chosen so that the results of a row have the same bits whatever B and T, its
 * place and the other rows. So there is no {@code Log}, whose result depends on the place of a
 * value in the tensor, but {@code ReduceLogSum} over an axis of size 1.
 *
 * <p>Between the layers a value is [M, D] with M = B·T.
 */
final class Rwkv7Graph {

    /** Part of the numeric identity of a model: to be raised with every change of the operators. */
    static final String VERSION = "rwkv7-linear-attention-4";

    private static final float NORM_EPSILON = 1e-5f;

    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final ModelShape shape;
    private final TokenAxis axis;
    private final String[] shifts;
    private final String[] newShifts;

    private Rwkv7Graph(OnnxGraph graph, GraphWeights weights, ModelShape shape) {
        this.graph = graph;
        this.weights = weights;
        this.shape = shape;
        axis = new TokenAxis(graph);
        shifts = splitShift();
        newShifts = new String[shifts.length];
    }

    /** Adds the whole network, with the first {@code headRows} rows of the head, to a graph. */
    static void build(OnnxGraph graph, GraphWeights weights, ModelShape shape, int headRows)
            throws IOException {
        new Rwkv7Graph(graph, weights, shape).build(headRows);
    }

    private void build(int headRows) throws IOException {
        String x = Embedding.of(graph, weights, shape, axis.tokens());
        TimeMix timeMix = new TimeMix(graph, weights, shape, new WkvState(graph, shape, axis, x));
        String u = norm(x, "blocks.0.ln1");
        String mixed = null;
        for (int layer = 0; layer < shape.layers(); layer++) {
            if (layer > 0) {
                Normed next = addAndNorm(x, mixed, "blocks." + layer + ".ln1");
                x = next.sum;
                u = next.normed;
            }
            String attention = timeMix.layer(layer, u, shifted(2 * layer, u));
            Normed middle = addAndNorm(x, attention, "blocks." + layer + ".ln2");
            x = middle.sum;
            mixed = channelMix(layer, middle.normed, shifted(2 * layer + 1, middle.normed));
        }
        Normed end = addAndNorm(axis.last(x), axis.last(mixed), "ln_out");
        weights.linear(weights.operand(end.normed, "B"), "head.weight", headRows, shape.width())
                .out(GraphNames.LOGITS);
        graph.output(GraphNames.LOGITS, DataType.FLOAT, "B", headRows);
        String newShift = GraphNames.newState(GraphNames.SHIFT);
        graph.node("Concat", newShifts).attribute("axis", -1).out(newShift);
        graph.output(newShift, DataType.FLOAT, "B", shiftWidth());
    }

    private int shiftWidth() {
        return 2 * shape.layers() * shape.width();
    }

    private String[] splitShift() {
        String shift = graph.input(GraphNames.SHIFT, DataType.FLOAT, "B", shiftWidth());
        int count = 2 * shape.layers();
        return graph.node("Split", shift)
                .attribute("axis", 1)
                .attribute("num_outputs", count)
                .outs(count);
    }

    /** The value of the token before each, by the token-shift vector of that index. */
    private String shifted(int index, String u) {
        TokenAxis.Shift shift = axis.shift(u, shifts[index]);
        newShifts[index] = shift.state();
        return shift.previous();
    }

    private String norm(String x, String name) throws IOException {
        return graph.node("LayerNormalization", x, vector(name + ".weight"), vector(name + ".bias"))
                .attribute("axis", -1)
                .attribute("epsilon", NORM_EPSILON)
                .out();
    }

    /** A sum and its norm. */
    private record Normed(String sum, String normed) {}

    private Normed addAndNorm(String x, String added, String name) throws IOException {
        String sum = name + ".sum";
        String normed = name + ".normed";
        graph.microsoft(
                        "SkipLayerNormalization",
                        x,
                        added,
                        vector(name + ".weight"),
                        vector(name + ".bias"))
                .attribute("epsilon", NORM_EPSILON)
                .outs(normed, "", "", sum);
        return new Normed(sum, normed);
    }

    /** What the channel mix of a layer adds to x (step 2.13). */
    private String channelMix(int layer, String u, String previous) throws IOException {
        String block = "blocks." + layer + ".ffn.";
        String difference = graph.op("Sub", previous, u);
        String mixed = graph.op("Add", graph.op("Mul", difference, vector(block + "x_k")), u);
        String hidden =
                graph.op(
                        "Relu",
                        weights.linear(
                                        weights.operand(mixed, "M"),
                                        block + "key.weight",
                                        shape.ffnWidth(),
                                        shape.width())
                                .out());
        return weights.linear(
                        weights.nonNegativeOperand(graph.op("Mul", hidden, hidden)),
                        block + "value.weight",
                        shape.width(),
                        shape.ffnWidth())
                .out();
    }

    private String vector(String name) throws IOException {
        return weights.tensor(name, shape.width());
    }
}
