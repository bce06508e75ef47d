package io.rwkvtts.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@link WeightFormat#INT8_ROWS} on a device. An operand is bytes and the scale of each row; a
 * product is integers with the scales of their rows and columns.
 */
final class CudaByteMatrices implements CudaMatrices {

    private static final int OPERAND_VALUES = 2;

    private final OnnxGraph graph;

    CudaByteMatrices(OnnxGraph graph) {
        this.graph = graph;
    }

    @Override
    public String operator(String name) {
        return name;
    }

    @Override
    public int operandValues() {
        return OPERAND_VALUES;
    }

    @Override
    public List<String> operand(String floats) {
        return List.of(graph.cuda("QuantizeRows", floats).outs(OPERAND_VALUES));
    }

    @Override
    public Product product(List<String> x, String name, float[] matrix, int out, int in)
            throws IOException {
        RowQuantizer.Rows rows = RowQuantizer.quantize(matrix, out, in);
        return product(x, name, rows, rows.scales(), out, in);
    }

    @Override
    public Product lowRank(List<String> x, String name, float[] matrix, int rank, int in)
            throws IOException {
        RowQuantizer.Rows rows = RowQuantizer.quantize(matrix, rank, in);
        return product(x, name, rows, Arrays.copyOf(rows.scales(), paddedRank(rank)), rank, in);
    }

    private Product product(
            List<String> x, String name, RowQuantizer.Rows rows, float[] scales, int out, int in)
            throws IOException {
        String tiles =
                graph.signedBytes(
                        name,
                        ByteTiles.of(rows.values(), out, in),
                        ByteTiles.padded(out, ByteTiles.COLUMNS) / ByteTiles.COLUMNS,
                        ByteTiles.padded(in, ByteTiles.INNER) / ByteTiles.INNER,
                        ByteTiles.BYTES);
        return new Product(
                x, tiles, List.of(graph.weights(name + ".scales", scales, scales.length)));
    }

    @Override
    public int paddedRank(int rank) {
        return ByteTiles.padded(rank, ByteTiles.COLUMNS);
    }

    @Override
    public List<List<String>> products(List<Product> products) {
        return products(products, false);
    }

    private List<List<String>> products(List<Product> products, boolean unsigned) {
        String[] inputs =
                products.stream()
                        .flatMap(product -> Stream.of(product.x().get(0), product.tiles()))
                        .toArray(String[]::new);
        String[] outputs =
                graph.cuda("ByteProducts", inputs)
                        .attribute("unsigned", unsigned ? 1 : 0)
                        .outs(products.size());
        List<List<String>> sums = new ArrayList<>();
        for (int i = 0; i < outputs.length; i++) {
            Product product = products.get(i);
            sums.add(List.of(outputs[i], product.x().get(1), product.scales().get(0)));
        }
        return sums;
    }

    @Override
    public List<String> squaredRelu(Product product) {
        return List.of(graph.cuda("SquaredRelu", sums(product)).outs(OPERAND_VALUES));
    }

    @Override
    public List<String> ofSquares(Product product) {
        return products(List.of(product), true).get(0);
    }

    @Override
    public void logits(Product product, int columns) {
        graph.cuda("ScaleSums", sums(product)).out(GraphNames.LOGITS);
    }

    private String[] sums(Product product) {
        return products(List.of(product)).get(0).toArray(String[]::new);
    }
}
