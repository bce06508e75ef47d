package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/**
 * The part of the graph that knows of rows, tokens and lengths. All else sees the M = B·T tokens of
 * a call as one axis, [M, D].
 */
final class TokenAxis {

    private final OnnxGraph graph;

    private final String tokens;
    private final String lengths;
    private final String mask;
    private final String previous;
    private final String newState;
    private final String last;

    /** Declares the inputs {@code tokens} and {@code lengths}. */
    TokenAxis(OnnxGraph graph) {
        this.graph = graph;
        tokens = graph.input(GraphNames.TOKENS, DataType.INT64, "B", "T");
        lengths =
                graph.op(
                        "Reshape",
                        graph.input(GraphNames.LENGTHS, DataType.INT64, "B"),
                        graph.integers(-1, 1));
        mask = tokensAsFloats();
        String places =
                graph.op("Reshape", range(graph.op("Size", tokens)), graph.op("Shape", tokens));
        String states = graph.op("Reshape", range(size(0)), graph.integers(-1, 1));
        String rows =
                graph.node("Concat", states, graph.op("Add", places, size(0)))
                        .attribute("axis", 1)
                        .out();
        previous =
                graph.op(
                        "Reshape",
                        graph.op(
                                "Slice",
                                rows,
                                graph.integers(0),
                                graph.integers(-1),
                                graph.integers(1)),
                        graph.integers(-1));
        newState = gather(rows, lengths);
        last =
                gather(
                        places,
                        graph.op(
                                "Max",
                                graph.op("Sub", lengths, graph.integer(1)),
                                graph.integer(0)));
    }

    /** The tokens as [M]. */
    String tokens() {
        return graph.op("Reshape", tokens, graph.integers(-1));
    }

    /** 1 for a token, 0 for padding, as floats [M, 1]. */
    String mask() {
        return mask;
    }

    /** The shape [B, n·T, last]. */
    String shapeOf(int n, int last) {
        String rowsAndTokens = graph.op("Shape", tokens);
        return graph.node(
                        "Concat",
                        graph.op("Mul", rowsAndTokens, graph.integers(1, n)),
                        graph.integers(last))
                .attribute("axis", 0)
                .out();
    }

    /** What a token-shift needs: x of the token before, [M, D], and the new state, [B, D]. */
    record Shift(String previous, String state) {}

    /**
     * Moves {@code x} [M, D] by one token within each row.
     *
     * @param state x of the last token of the call before, [B, D]
     */
    Shift shift(String x, String state) {
        String rows = graph.node("Concat", state, x).attribute("axis", 0).out();
        return new Shift(rowsOf(rows, previous), rowsOf(rows, newState));
    }

    /** {@code x} [M, D] of the last token of each row, [B, D]. */
    String last(String x) {
        return rowsOf(x, last);
    }

    private String rowsOf(String x, String places) {
        return graph.node("Gather", x, places).attribute("axis", 0).out();
    }

    /** Of each row of {@code places} [B, n] the one at a position, [B, 1] to [B]. */
    private String gather(String places, String positions) {
        return graph.node("GatherND", places, positions).attribute("batch_dims", 1).out();
    }

    private String range(String count) {
        return graph.op("Range", graph.integer(0), count, graph.integer(1));
    }

    /** B (axis 0) or T (axis 1). */
    private String size(int axis) {
        return graph.node("Gather", graph.op("Shape", tokens), graph.integer(axis))
                .attribute("axis", 0)
                .out();
    }

    private String tokensAsFloats() {
        String valid = graph.op("Less", range(size(1)), lengths);
        String floats = graph.node("Cast", valid).attribute("to", DataType.FLOAT.getNumber()).out();
        return graph.op("Reshape", floats, graph.integers(-1, 1));
    }
}
