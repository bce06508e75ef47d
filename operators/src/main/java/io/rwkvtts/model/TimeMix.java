package io.rwkvtts.model;

import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** The time mixes of all layers (spec 1.3, steps 2.1 to 2.12) in the graph. */
final class TimeMix {

    private static final float HEAD_NORM_EPSILON = 64e-5f;
    private static final String[] MIXES = {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"};

    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final ModelShape shape;
    private final WkvState wkv;
    private final String perHead;
    private final String flat;
    private final String lastAxis;

    /** v of layer 0, which the later layers of the same token mix in. */
    private String firstValue;

    TimeMix(OnnxGraph graph, GraphWeights weights, ModelShape shape, WkvState wkv) {
        this.graph = graph;
        this.weights = weights;
        this.shape = shape;
        this.wkv = wkv;
        perHead = graph.integers(-1, shape.heads(), shape.headSize());
        flat = graph.integers(-1, shape.width());
        lastAxis = graph.integers(-1);
    }

    /**
     * What a layer adds to x, [M, D]. The layers must be asked for in their order.
     *
     * @param u x after ln1, [M, D]
     * @param previous u of the token before
     */
    String layer(int layer, String u, String previous) throws IOException {
        String block = "blocks." + layer + ".att.";
        Operand[] mixed = mixes(block, u, graph.op("Sub", previous, u));
        String r = square(mixed[0], block + "receptance.weight");
        String decay =
                biasedSigmoid(
                        block + "w0",
                        lora(block + "w", mixed[1], shape.decayRank(), h -> graph.op("Tanh", h)));
        String plainKey = square(mixed[2], block + "key.weight");
        String v = value(layer, mixed[3]);
        String rate =
                biasedSigmoid(
                        block + "a0",
                        lora(block + "a", mixed[4], shape.aRank(), UnaryOperator.identity()));
        String gate = lora(block + "g", mixed[5], shape.gateRank(), h -> graph.op("Sigmoid", h));

        String kappa = graph.op("Mul", plainKey, vector(block + "k_k"));
        String unitKappa =
                graph.node("LpNormalization", graph.op("Reshape", kappa, perHead))
                        .attribute("axis", -1)
                        .attribute("p", 2)
                        .out();
        String k = graph.op("Mul", plainKey, rateFactor(block + "k_a", rate));
        String reading =
                wkv.feed(layer, r, k, v, graph.op("Reshape", unitKappa, flat), decay, rate);

        String heads = graph.op("Add", normalised(block, reading), bonus(block, r, k, v));
        String gated = graph.op("Mul", graph.op("Reshape", heads, flat), gate);
        return square(weights.checkedOperand(gated, "M"), block + "output.weight");
    }

    private Operand[] mixes(String block, String u, String difference) throws IOException {
        float[] factors = new float[MIXES.length * shape.width()];
        for (int i = 0; i < MIXES.length; i++) {
            float[] mix = weights.values(block + MIXES[i]);
            System.arraycopy(mix, 0, factors, i * shape.width(), shape.width());
        }
        String mix = graph.weights(block + "mix", factors, MIXES.length, 1, shape.width());
        String all = graph.op("Add", graph.op("Mul", difference, mix), u);
        Operand operand = weights.operand(graph.op("Reshape", all, flat), "6M");
        String[] values = split(operand.values());
        String[] scales = operand.scales() == null ? null : split(operand.scales());
        Operand[] mixed = new Operand[MIXES.length];
        for (int i = 0; i < MIXES.length; i++) {
            mixed[i] = new Operand(values[i], scales == null ? null : scales[i], operand.zero());
        }
        return mixed;
    }

    private String[] split(String mixes) {
        return graph.node("Split", mixes)
                .attribute("axis", 0)
                .attribute("num_outputs", MIXES.length)
                .outs(MIXES.length);
    }

    /** v with the residual of step 2.8. */
    private String value(int layer, Operand x) throws IOException {
        String block = "blocks." + layer + ".att.";
        String v = square(x, block + "value.weight");
        if (layer == 0) {
            firstValue = v;
            return v;
        }
        String share =
                biasedSigmoid(
                        block + "v0",
                        lora(block + "v", x, shape.valueRank(), UnaryOperator.identity()));
        return graph.op("Add", v, graph.op("Mul", graph.op("Sub", firstValue, v), share));
    }

    /** 1 + (a − 1) · k_a, computed as a · k_a + (1 − k_a). */
    private String rateFactor(String name, String rate) throws IOException {
        float[] rest = weights.values(name);
        for (int i = 0; i < rest.length; i++) {
            rest[i] = 1 - rest[i];
        }
        return graph.op(
                "Add",
                graph.op("Mul", rate, vector(name)),
                graph.weights(name + ".rest", rest, rest.length));
    }

    private String normalised(String block, String heads) throws IOException {
        return graph.node(
                        "LayerNormalization",
                        heads,
                        weights.tensor(block + "ln_x.weight", 1, shape.heads(), shape.headSize()),
                        weights.tensor(block + "ln_x.bias", 1, shape.heads(), shape.headSize()))
                .attribute("axis", -1)
                .attribute("epsilon", HEAD_NORM_EPSILON)
                .out();
    }

    /** The bonus of step 2.11, [M, H, 64]. */
    private String bonus(String block, String r, String k, String v) throws IOException {
        String products = graph.op("Mul", graph.op("Mul", r, k), vector(block + "r_k"));
        String sums = graph.op("ReduceSum", graph.op("Reshape", products, perHead), lastAxis);
        return graph.op("Mul", graph.op("Reshape", v, perHead), sums);
    }

    private String square(Operand x, String name) throws IOException {
        return weights.linear(x, name, shape.width(), shape.width()).out();
    }

    private String lora(String name, Operand x, int rank, UnaryOperator<String> activation)
            throws IOException {
        String inner = activation.apply(weights.down(x, name + "1", shape.width(), rank));
        return weights.up(inner, name + "2", rank, shape.width());
    }

    private String biasedSigmoid(String bias, String x) throws IOException {
        return graph.op("Sigmoid", graph.op("Add", x, vector(bias)));
    }

    private String vector(String name) throws IOException {
        return weights.tensor(name, shape.width());
    }
}
