package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@link GraphForm#CUDA}: the network of {@link NativeGraph} for a device, of the project's own
 * operators alone ({@code src/main/native/cuda}). They compute the bits of {@link NativeGraph}'s.
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

    /** Bytes of rows [M, K] and the scale of each row. */
    private record RowBytes(String values, String scales) {}

    /** A sum [M, D], and its norm mixed with that of the token before. */
    private record Mixed(String sum, List<RowBytes> bytes) {}

    /** A product to be: operand, tiles of the matrix, scales of its columns. */
    private record Product(RowBytes x, String tiles, String columns) {}

    /** Sums of integers with the scales of their rows and columns. */
    private record Sums(String values, String rows, String columns) {

        Stream<String> inputs() {
            return Stream.of(values, rows, columns);
        }
    }

    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final ModelShape shape;
    private final String tokens;
    private final String lengths;
    private final String slots;
    private final String states;
    private int norms;

    /** v of layer 0, which the later layers of the same token mix in. */
    private String firstValue;

    private CudaGraph(OnnxGraph graph, GraphWeights weights, ModelShape shape) {
        this.graph = graph;
        this.weights = weights;
        this.shape = shape;
        tokens = graph.input(GraphNames.TOKENS, DataType.INT64, "B", "T");
        lengths = graph.input(GraphNames.LENGTHS, DataType.INT64, "B");
        slots = graph.input(GraphNames.SLOTS, DataType.INT64, "B");
        states = graph.input(GraphNames.STATES, DataType.FLOAT, "S", stateFloats());
    }

    /** Adds the whole network, with the first {@code headRows} rows of the head, to a graph. */
    static void build(OnnxGraph graph, GraphWeights weights, ModelShape shape, int headRows)
            throws IOException {
        if (shape.width() > MAX_WIDTH) {
            throw new ModelFormatException(
                    "the model is %d wide: the operators for CUDA devices take at most %d"
                            .formatted(shape.width(), MAX_WIDTH));
        }
        new CudaGraph(graph, weights, shape).build(headRows);
    }

    private void build(int headRows) throws IOException {
        String x = graph.cuda("Embed", Embedding.table(graph, weights, shape), tokens).out();
        Sums added = null;
        for (int layer = 0; layer < shape.layers(); layer++) {
            String block = "blocks." + layer + ".";
            Mixed attention = normMix(x, added, block, "ln1", TIME_MIXES);
            added = timeMix(layer, attention.bytes);
            Mixed channels = normMix(attention.sum, added, block, "ln2", CHANNEL_MIXES);
            x = channels.sum;
            added = channelMix(block + "ffn.", channels.bytes.get(0));
        }
        Sums head = product(matrix(lastNorm(x, added), "head.weight", headRows, shape.width()));
        graph.cuda("ScaleSums", head.inputs().toArray(String[]::new)).out(GraphNames.LOGITS);
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
    private Mixed normMix(String x, Sums added, String block, String norm, List<String> mixes)
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
            added.inputs().forEach(inputs::add);
        }
        String[] outputs =
                graph.cuda("NormMix", inputs.toArray(String[]::new))
                        .attribute("offset", (long) norms * shape.width())
                        .outs(1 + 2 * mixes.size());
        norms++;
        List<RowBytes> bytes = new ArrayList<>();
        for (int i = 1; i < outputs.length; i += 2) {
            bytes.add(new RowBytes(outputs[i], outputs[i + 1]));
        }
        return new Mixed(outputs[0], bytes);
    }

    /** What the time mix of a layer adds to x (spec 1.3, steps 2.2 to 2.12). */
    private Sums timeMix(int layer, List<RowBytes> mixed) throws IOException {
        String block = "blocks." + layer + ".att.";
        boolean residual = layer > 0;
        List<Product> products =
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
        List<Sums> sums = products(products);
        List<String> pairs =
                new ArrayList<>(
                        List.of(
                                second(block + "w2", shape.decayRank()),
                                second(block + "a2", shape.aRank()),
                                second(block + "g2", shape.gateRank())));
        if (residual) {
            pairs.add(second(block + "v2", shape.valueRank()));
        }
        String[] ups = lowRankUps(sums.subList(3, sums.size()), pairs);
        List<String> inputs =
                new ArrayList<>(sums.subList(0, 3).stream().flatMap(Sums::inputs).toList());
        inputs.addAll(List.of(ups[0], ups[1], ups[2]));
        for (String name : List.of("w0", "a0", "k_k", "k_a", "r_k", "ln_x.weight", "ln_x.bias")) {
            inputs.add(vector(block + name));
        }
        inputs.addAll(List.of(lengths, slots, states));
        if (residual) {
            inputs.addAll(List.of(ups[3], vector(block + "v0"), firstValue));
        }
        String[] outputs =
                graph.cuda("TimeMix", inputs.toArray(String[]::new))
                        .attribute("offset", wkvOffset(layer))
                        .outs(residual ? 1 : 2);
        if (!residual) {
            firstValue = outputs[1];
        }
        String[] bytes = graph.cuda("QuantizeRows", outputs[0]).outs(2);
        return product(square(new RowBytes(bytes[0], bytes[1]), block + "output.weight"));
    }

    private String[] lowRankUps(List<Sums> inner, List<String> matrices) {
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < inner.size(); i++) {
            inner.get(i).inputs().forEach(inputs::add);
            inputs.add(matrices.get(i));
        }
        return graph.cuda("LowRankUp", inputs.toArray(String[]::new)).outs(matrices.size());
    }

    /** What the channel mix of a layer adds to x (step 2.13). */
    private Sums channelMix(String block, RowBytes x) throws IOException {
        int width = shape.width();
        int hidden = shape.ffnWidth();
        Sums keys = product(matrix(x, block + "key.weight", hidden, width));
        String[] bytes = graph.cuda("SquaredRelu", keys.inputs().toArray(String[]::new)).outs(2);
        RowBytes squares = new RowBytes(bytes[0], bytes[1]);
        return products(List.of(matrix(squares, block + "value.weight", width, hidden)), true)
                .get(0);
    }

    private RowBytes lastNorm(String x, Sums added) throws IOException {
        List<String> inputs =
                new ArrayList<>(
                        List.of(x, vector("ln_out.weight"), vector("ln_out.bias"), lengths));
        added.inputs().forEach(inputs::add);
        String[] bytes = graph.cuda("LastNorm", inputs.toArray(String[]::new)).outs(2);
        return new RowBytes(bytes[0], bytes[1]);
    }

    private Product square(RowBytes x, String name) throws IOException {
        return matrix(x, name, shape.width(), shape.width());
    }

    /** The first {@code out} rows of a matrix that is stored {@code [.., in]}. */
    private Product matrix(RowBytes x, String name, int out, int in) throws IOException {
        RowQuantizer.Rows rows = RowQuantizer.quantize(weights.rows(name, 0, out), out, in);
        return product(x, name, rows, rows.scales(), out, in);
    }

    /** The first matrix of a low-rank pair, its rank padded to whole tiles. */
    private Product lowRank(RowBytes x, String name, int rank) throws IOException {
        int width = shape.width();
        float[] matrix = MatrixFormat.transpose(weights.values(name), width, rank);
        RowQuantizer.Rows rows = RowQuantizer.quantize(matrix, rank, width);
        float[] scales = Arrays.copyOf(rows.scales(), ByteTiles.padded(rank, ByteTiles.COLUMNS));
        return product(x, name, rows, scales, rank, width);
    }

    private Product product(
            RowBytes x, String name, RowQuantizer.Rows rows, float[] scales, int out, int in)
            throws IOException {
        String tiles =
                graph.signedBytes(
                        name,
                        ByteTiles.of(rows.values(), out, in),
                        ByteTiles.padded(out, ByteTiles.COLUMNS) / ByteTiles.COLUMNS,
                        ByteTiles.padded(in, ByteTiles.INNER) / ByteTiles.INNER,
                        ByteTiles.BYTES);
        return new Product(x, tiles, graph.weights(name + ".scales", scales, scales.length));
    }

    /** The second matrix of a low-rank pair, with rows of zeros for the padding of its rank. */
    private String second(String name, int rank) throws IOException {
        int padded = ByteTiles.padded(rank, ByteTiles.COLUMNS);
        float[] matrix = Arrays.copyOf(weights.values(name), padded * shape.width());
        return graph.weights(name, matrix, padded, shape.width());
    }

    private Sums product(Product product) {
        return products(List.of(product)).get(0);
    }

    private List<Sums> products(List<Product> products) {
        return products(products, false);
    }

    /** Products at once: on a device it is the launch of a kernel that costs. */
    private List<Sums> products(List<Product> products, boolean unsigned) {
        String[] inputs =
                products.stream()
                        .flatMap(product -> Stream.of(product.x.values, product.tiles))
                        .toArray(String[]::new);
        String[] outputs =
                graph.cuda("ByteProducts", inputs)
                        .attribute("unsigned", unsigned ? 1 : 0)
                        .outs(products.size());
        List<Sums> sums = new ArrayList<>();
        for (int i = 0; i < outputs.length; i++) {
            Product product = products.get(i);
            sums.add(new Sums(outputs[i], product.x.scales, product.columns));
        }
        return sums;
    }

    private String vector(String name) throws IOException {
        return weights.tensor(name, shape.width());
    }
}
