package io.rwkvtts.model;

import io.rwkvtts.checkpoint.HalfFloat;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@link WeightFormat#HALVES} on a device: 16-bit weights, everything else in 32-bit floats, sums
 * in an order that does not depend on the batch ({@code halves.cuh}).
 *
 * <p>A tile is {@value #COLUMNS} columns of the result by {@value #INNER} of the inner dimension,
 * the numbers of a column one after the other. A matrix is padded with zeros to whole tiles, and to
 * a multiple of {@value #PADDED_COLUMNS} columns, which the kernel computes together.
 */
final class CudaHalfMatrices implements CudaMatrices {

    private static final int COLUMNS = 8;
    private static final int PADDED_COLUMNS = 32;
    private static final int INNER = 32;
    private static final int TILE = COLUMNS * INNER;

    private final OnnxGraph graph;

    CudaHalfMatrices(OnnxGraph graph) {
        this.graph = graph;
    }

    @Override
    public String operator(String name) {
        return name + "Floats";
    }

    @Override
    public int operandValues() {
        return 1;
    }

    @Override
    public List<String> operand(String floats) {
        return List.of(floats);
    }

    @Override
    public Product product(List<String> x, String name, float[] matrix, int out, int in)
            throws IOException {
        HalfFormat.requireInRange(name, matrix);
        int columns = ByteTiles.padded(out, PADDED_COLUMNS);
        int innerTiles = ByteTiles.padded(in, INNER) / INNER;
        String tiles =
                graph.halves(
                        name,
                        tiles(matrix, out, in, columns, innerTiles),
                        columns / COLUMNS,
                        innerTiles,
                        TILE);
        return new Product(x, tiles, List.of());
    }

    private static short[] tiles(float[] matrix, int out, int in, int columns, int innerTiles) {
        short[] tiles = new short[columns / COLUMNS * innerTiles * TILE];
        for (int n = 0; n < out; n++) {
            for (int k = 0; k < in; k++) {
                int tile = n / COLUMNS * innerTiles + k / INNER;
                tiles[tile * TILE + n % COLUMNS * INNER + k % INNER] =
                        HalfFloat.fromFloat(matrix[n * in + k]);
            }
        }
        return tiles;
    }

    @Override
    public Product lowRank(List<String> x, String name, float[] matrix, int rank, int in)
            throws IOException {
        return product(x, name, matrix, rank, in);
    }

    @Override
    public int paddedRank(int rank) {
        return ByteTiles.padded(rank, PADDED_COLUMNS);
    }

    @Override
    public List<List<String>> products(List<Product> products) {
        return Arrays.stream(node(products, false, 0).outs(products.size())).map(List::of).toList();
    }

    @Override
    public List<String> squaredRelu(Product product) {
        return List.of(node(List.of(product), true, 0).out());
    }

    @Override
    public List<String> ofSquares(Product product) {
        return products(List.of(product)).get(0);
    }

    @Override
    public void logits(Product product, int columns) {
        node(List.of(product), false, columns).out(GraphNames.LOGITS);
    }

    private OnnxGraph.Node node(List<Product> products, boolean squaredRelu, int columns) {
        return graph.cuda(
                        "HalfProducts",
                        products.stream()
                                .flatMap(product -> Stream.of(product.x().get(0), product.tiles()))
                                .toArray(String[]::new))
                .attribute("squared_relu", squaredRelu ? 1 : 0)
                .attribute("columns", columns);
    }
}
