package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.rwkvtts.checkpoint.ModelShape;

/**
 * The recurrence of the matrix state (spec 1.3, 2.9) by ONNX Runtime's {@code LinearAttention},
 * whose rule is S ← e^g·S + β·k (v − (e^g·S)ᵀ k)ᵀ with a decay g per key index.
 *
 * <p>One token is exactly two of its sub-steps, since with u = κ·√(a/w)
 *
 * <pre>diag(w) − (a κ) κᵀ = diag(√(w a)) · (I − u uᵀ) · diag(√(w/a))</pre>
 *
 * <p>The first sub-step (decay √(w/a), key u, value 0, β = 1) removes, the second (decay √(w a),
 * key k, value v) writes. The second must not remove: its β is 2^−40, which scales what it removes
 * away to nothing and what it writes by a power of two, exactly. The state in the graph is
 * therefore that of the spec times 2^−40, and the output is scaled back.
 *
 * <p>Padding has decay 1 and β 0 in both sub-steps, which leaves the state as it is.
 */
final class WkvState {

    private static final float STATE_SCALE = 0x1p-40f;
    private static final float HALF_DECAY = -0.606531f / 2;

    /** Keeps the logarithm of the in-context learning rate finite. */
    private static final float SMALLEST_RATE = 1e-7f;

    private final OnnxGraph graph;
    private final ModelShape shape;
    private final String halfDecay;
    private final String half;
    private final String beta;
    private final String subSteps;
    private final String zeros;
    private final String smallestRate;
    private final String lastAxis;

    /**
     * @param like a value [M, D]
     */
    WkvState(OnnxGraph graph, ModelShape shape, TokenAxis axis, String like) {
        this.graph = graph;
        this.shape = shape;
        halfDecay = graph.op("Mul", axis.mask(), graph.scalar(HALF_DECAY));
        half = graph.op("Mul", axis.mask(), graph.scalar(0.5f));
        beta =
                graph.op(
                        "Reshape",
                        graph.op("Mul", axis.mask(), graph.floats(1, STATE_SCALE)),
                        axis.shapeOf(2, 1));
        subSteps = axis.shapeOf(2, shape.width());
        zeros = graph.op("ConstantOfShape", graph.op("Shape", like));
        smallestRate = graph.scalar(SMALLEST_RATE);
        lastAxis = graph.integers(-1);
    }

    /**
     * Feeds the tokens to the state {@code wkv.layer}, which it declares as an input and output.
     *
     * @param r receptance, [M, D], as all that follow
     * @param k key after the in-context rate
     * @param v value
     * @param kappa normalised removal key
     * @param sigmoid of the decay; the decay factor is exp(−0.606531 · sigmoid)
     * @param rate in-context learning rate a
     * @return the reading by {@code r}, [M, H, 64]
     */
    String feed(
            int layer, String r, String k, String v, String kappa, String sigmoid, String rate) {
        String halfLogW = graph.op("Mul", sigmoid, halfDecay);
        String halfLogA = graph.op("Mul", log(graph.op("Max", rate, smallestRate)), half);
        String removalDecay = graph.op("Sub", halfLogW, halfLogA);
        String writeDecay = graph.op("Add", halfLogW, halfLogA);
        String removalKey = graph.op("Div", kappa, graph.op("Exp", removalDecay));

        Object[] size = {"B", shape.heads(), shape.headSize(), shape.headSize()};
        String state = graph.input(GraphNames.wkv(layer), DataType.FLOAT, size);
        String newState = GraphNames.newState(state);
        graph.output(newState, DataType.FLOAT, size);
        String reading = "reading." + layer;
        graph.microsoft(
                        "LinearAttention",
                        subSteps(r, r),
                        subSteps(removalKey, k),
                        subSteps(zeros, v),
                        state,
                        subSteps(removalDecay, writeDecay),
                        beta)
                .attribute("q_num_heads", shape.heads())
                .attribute("kv_num_heads", shape.heads())
                .attribute("update_rule", "gated_delta")
                .attribute("scale", 1 / STATE_SCALE)
                .outs(reading, newState);
        String heads =
                graph.op(
                        "Reshape", reading, graph.integers(-1, 2, shape.heads(), shape.headSize()));
        return graph.node("Gather", heads, graph.integer(1)).attribute("axis", 1).out();
    }

    /** Two values [M, D] as the sub-steps [B, 2T, D] of each token. */
    private String subSteps(String first, String second) {
        String both = graph.node("Concat", first, second).attribute("axis", -1).out();
        return graph.op("Reshape", both, subSteps);
    }

    /** The logarithm, by an operator whose result doesn't depend on the place of a number. */
    private String log(String x) {
        String column = graph.op("Unsqueeze", x, lastAxis);
        return graph.node("ReduceLogSum", column, lastAxis).attribute("keepdims", 0).out();
    }
}
