package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/**
 * The part of the graph that knows of rows, tokens and lengths. All else sees the M = B·T tokens of
 * a call as one axis, [M, D].
 */
final class TokenAxis {

    private final OnnxGraph graph;
    private final int width;

    private final String tokens;
    private final String rowShape;
    private final String flatShape;
    private final String rowLengths;
    private final String lastPosition;
    private final String mask;
    private final String allButLast;
    private final String timeAxis;

    /** Declares the inputs {@code tokens} and {@code lengths}. */
    TokenAxis(OnnxGraph graph, int width) {
        this.graph = graph;
        this.width = width;
        tokens = graph.input(GraphNames.TOKENS, DataType.INT64, "B", "T");
        String lengths = graph.input(GraphNames.LENGTHS, DataType.INT64, "B");
        rowShape = shapeOf(1, width);
        flatShape = graph.integers(-1, width);
        rowLengths = graph.op("Reshape", lengths, graph.integers(-1, 1));
        lastPosition =
                graph.op("Max", graph.op("Sub", rowLengths, graph.integer(1)), graph.integer(0));
        allButLast = graph.integers(-1);
        timeAxis = graph.integers(1);
        mask = tokensAsFloats();
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
     * @param state x of the last token of the call before, [B, 1, D]
     */
    Shift shift(String x, String state) {
        String withState = graph.node("Concat", state, rows(x)).attribute("axis", 1).out();
        String previous = graph.op("Slice", withState, graph.integers(0), allButLast, timeAxis);
        return new Shift(graph.op("Reshape", previous, flatShape), gather(withState, rowLengths));
    }

    /** {@code x} [M, D] of the last token of each row, [B, D]. */
    String last(String x) {
        return gather(rows(x), lastPosition);
    }

    private String rows(String x) {
        return graph.op("Reshape", x, rowShape);
    }

    private String gather(String rows, String positions) {
        return graph.node("GatherND", rows, positions).attribute("batch_dims", 1).out();
    }

    private String tokensAsFloats() {
        String count =
                graph.node("Gather", graph.op("Shape", tokens), graph.integer(1))
                        .attribute("axis", 0)
                        .out();
        String positions = graph.op("Range", graph.integer(0), count, graph.integer(1));
        String valid = graph.op("Less", positions, rowLengths);
        String floats = graph.node("Cast", valid).attribute("to", DataType.FLOAT.getNumber()).out();
        return graph.op("Reshape", floats, graph.integers(-1, 1));
    }
}
