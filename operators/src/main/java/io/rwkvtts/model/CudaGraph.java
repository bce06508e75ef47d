package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link GraphForm#CUDA}: the network of {@link NativeGraph} for a device, of the project's own
 * operators alone ({@code src/main/native/cuda}). With {@link CudaByteMatrices} they compute the
 * bits of {@link NativeGraph}'s.
 *
 * <p>Inputs: {@code tokens}, int64 [B, T], and {@code lengths}, int64 [B], as in {@link
 * Rwkv7Graph}; {@code slots}, int64 [B], the slot of each row, distinct, or −1 for a row that only
 * fills up the batch; {@code states}, float [slots, floats of a state], the states of all slots in
 * the order of a saved one. The operators write the new states of the slots of a call into this
 * input, so that they never move. Output: {@code logits}, float [B, head rows].
 */
final class CudaGraph {

    /** Part of the numeric identity of a model: to be raised with every change of the operators. */
    static final String VERSION = "rwkv7-cuda-1";

    /** The operators hold a row of a norm in the fast memory of a device. */
    static final int MAX_WIDTH = 4096;

    private static final List<String> TIME_MIXES =
            List.of("att.x_r", "att.x_w", "att.x_k", "att.x_v", "att.x_a", "att.x_g");
    private static final List<String> CHANNEL_MIXES = List.of("ffn.x_k");

    /** A sum [M, D], and operands of its norm mixed with that of the token before. */
    private record Mixed(String sum, List<List<String>> operands) {}

    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final CudaMatrices matrices;
    private final ModelShape shape;
    private final String tokens;
    private final String lengths;
    private final String slots;
    private final String states;
    private int norms;

    /** v of layer 0, which the later layers of the same token mix in. */
    private String firstValue;

    private CudaGraph(
            OnnxGraph graph, GraphWeights weights, CudaMatrices matrices, ModelShape shape) {
        this.graph = graph;
        this.weights = weights;
        this.matrices = matrices;
        this.shape = shape;
        tokens = graph.input(GraphNames.TOKENS, DataType.INT64, "B", "T");
        lengths = graph.input(GraphNames.LENGTHS, DataType.INT64, "B");
        slots = graph.input(GraphNames.SLOTS, DataType.INT64, "B");
        states = graph.input(GraphNames.STATES, DataType.FLOAT, "S", stateFloats());
    }

    /** Adds the whole network, with the first {@code headRows} rows of the head, to a graph. */
    static void build(
            OnnxGraph graph,
            GraphWeights weights,
            CudaMatrices matrices,
            ModelShape shape,
            int headRows)
            throws IOException {
        if (shape.width() > MAX_WIDTH) {
            throw new ModelFormatException(
                    "the model is %d wide: the operators for CUDA devices take at most %d"
                            .formatted(shape.width(), MAX_WIDTH));
        }
        new CudaGraph(graph, weights, matrices, shape).build(headRows);
    }

    private void build(int headRows) throws IOException {
        String x = graph.cuda("Embed", Embedding.table(graph, weights, shape), tokens).out();
        List<String> added = null;
        for (int layer = 0; layer < shape.layers(); layer++) {
            String block = "blocks." + layer + ".";
            Mixed attention = normMix(x, added, block, "ln1", TIME_MIXES);
            added = timeMix(layer, attention.operands);
            Mixed channels = normMix(attention.sum, added, block, "ln2", CHANNEL_MIXES);
            x = channels.sum;
            added = channelMix(block + "ffn.", channels.operands.get(0));
        }
        CudaMatrices.Product head =
                matrix(lastNorm(x, added), "head.weight", headRows, shape.width());
        matrices.logits(head, headRows);
        graph.output(GraphNames.LOGITS, DataType.FLOAT, "B", headRows);
    }

    private long stateFloats() {
        return wkvOffset(shape.layers());
    }

    /**
     * Where the matrix state of a layer begins in a slot: all token-shift vectors are before it.
     */
    private long wkvOffset(int layer) {
        long heads = (long) layer * shape.heads();
        return 2L * shape.layers() * shape.width() + heads * shape.headSize() * shape.headSize();
    }

    /**
     * @param added what the layer before adds to {@code x}, null for none
     */
    private Mixed normMix(
            String x, List<String> added, String block, String norm, List<String> mixes)
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
                                slots,
                                states,
                                graph.weights(
                                        block + norm + ".mix",
                                        factors,
                                        mixes.size(),
                                        shape.width())));
        if (added != null) {
            inputs.addAll(added);
        }
        int values = matrices.operandValues();
        List<String> outputs =
                List.of(
                        node("NormMix", inputs)
                                .attribute("offset", (long) norms * shape.width())
                                .outs(1 + values * mixes.size()));
        norms++;
        List<List<String>> operands = new ArrayList<>();
        for (int i = 1; i < outputs.size(); i += values) {
            operands.add(outputs.subList(i, i + values));
        }
        return new Mixed(outputs.get(0), operands);
    }

    private OnnxGraph.Node node(String operator, List<String> inputs) {
        return graph.cuda(matrices.operator(operator), inputs.toArray(String[]::new));
    }

    /** What the time mix of a layer adds to x (spec 1.3, steps 2.2 to 2.12). */
    private List<String> timeMix(int layer, List<List<String>> mixed) throws IOException {
        String block = "blocks." + layer + ".att.";
        boolean residual = layer > 0;
        List<CudaMatrices.Product> products =
                new ArrayList<>(
                        List.of(
                                square(mixed.get(0), block + "receptance.weight"),
                                square(mixed.get(2), block + "key.weight"),
                                square(mixed.get(3), block + "value.weight"),
                                lowRank(mixed.get(1), block + "w1", shape.decayRank()),
                                lowRank(mixed.get(4), block + "a1", shape.aRank()),
                                lowRank(mixed.get(5), block + "g1", shape.gateRank())));
        if (residual) {
            products.add(lowRank(mixed.get(3), block + "v1", shape.valueRank()));
        }
        List<List<String>> results = matrices.products(products);
        List<String> pairs =
                new ArrayList<>(
                        List.of(
                                second(block + "w2", shape.decayRank()),
                                second(block + "a2", shape.aRank()),
                                second(block + "g2", shape.gateRank())));
        if (residual) {
            pairs.add(second(block + "v2", shape.valueRank()));
        }
        String[] ups = lowRankUps(results.subList(3, results.size()), pairs);
        List<String> inputs =
                new ArrayList<>(results.subList(0, 3).stream().flatMap(List::stream).toList());
        inputs.addAll(List.of(ups[0], ups[1], ups[2]));
        for (String name : List.of("w0", "a0", "k_k", "k_a", "r_k", "ln_x.weight", "ln_x.bias")) {
            inputs.add(vector(block + name));
        }
        inputs.addAll(List.of(lengths, slots, states));
        if (residual) {
            inputs.addAll(List.of(ups[3], vector(block + "v0"), firstValue));
        }
        String[] outputs =
                node("TimeMix", inputs)
                        .attribute("offset", wkvOffset(layer))
                        .outs(residual ? 1 : 2);
        if (!residual) {
            firstValue = outputs[1];
        }
        return matrices.products(
                        List.of(square(matrices.operand(outputs[0]), block + "output.weight")))
                .get(0);
    }

    private String[] lowRankUps(List<List<String>> inner, List<String> seconds) {
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < inner.size(); i++) {
            inputs.addAll(inner.get(i));
            inputs.add(seconds.get(i));
        }
        return node("LowRankUp", inputs).outs(seconds.size());
    }

    /** What the channel mix of a layer adds to x (step 2.13). */
    private List<String> channelMix(String block, List<String> x) throws IOException {
        int width = shape.width();
        int hidden = shape.ffnWidth();
        List<String> squares = matrices.squaredRelu(matrix(x, block + "key.weight", hidden, width));
        return matrices.ofSquares(matrix(squares, block + "value.weight", width, hidden));
    }

    private List<String> lastNorm(String x, List<String> added) throws IOException {
        List<String> inputs =
                new ArrayList<>(
                        List.of(x, vector("ln_out.weight"), vector("ln_out.bias"), lengths));
        inputs.addAll(added);
        return List.of(node("LastNorm", inputs).outs(matrices.operandValues()));
    }

    private CudaMatrices.Product square(List<String> x, String name) throws IOException {
        return matrix(x, name, shape.width(), shape.width());
    }

    /** The first {@code out} rows of a matrix that is stored {@code [.., in]}. */
    private CudaMatrices.Product matrix(List<String> x, String name, int out, int in)
            throws IOException {
        return matrices.product(x, name, weights.rows(name, 0, out), out, in);
    }

    /** The first matrix of a low-rank pair. */
    private CudaMatrices.Product lowRank(List<String> x, String name, int rank) throws IOException {
        int width = shape.width();
        float[] matrix = MatrixFormat.transpose(weights.values(name), width, rank);
        return matrices.lowRank(x, name, matrix, rank, width);
    }

    /** The second matrix of a low-rank pair, with rows of zeros for the padding of its rank. */
    private String second(String name, int rank) throws IOException {
        int padded = matrices.paddedRank(rank);
        float[] matrix = Arrays.copyOf(weights.values(name), padded * shape.width());
        return graph.weights(name, matrix, padded, shape.width());
    }

    private String vector(String name) throws IOException {
        return weights.tensor(name, shape.width());
    }
}
