package io.rwkvtts.bench.engine;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.WeightFormat;

/**
 * The least time that a call of the engine can take on a machine: all weights are read once, all
 * states read and written, and every matrix is multiplied with every token. Reading weights and
 * multiplying can overlap.
 *
 * @param bandwidthMs weights divided by the rate of reading memory of their size
 * @param operationsMs additions and multiplications divided by the rate of multiplying, of 8-bit
 *     integers for quantised matrices
 * @param stateMs states, read and written, divided by the rate of reading
 */
record Floor(double bandwidthMs, double operationsMs, double stateMs) {

    private static final double BYTES_PER_MS = 1e6;
    private static final double OPERATIONS_PER_MS = 1e6;

    /**
     * Of a call.
     *
     * @param sequences whose states are read and written
     * @param tokens tokens fed, of all sequences together
     */
    static Floor of(ModelDirectory model, int sequences, int tokens, Machine machine) {
        ModelShape shape = model.shape();
        long weightBytes = model.quantization().stepWeightBytes(shape, model.headRows());
        long head = (long) model.headRows() * shape.width();
        double large = 2.0 * (tokens * largeWeights(shape) + sequences * head);
        double lowRank = 2.0 * tokens * lowRankWeights(shape);
        WeightFormat format = model.quantization().weights();
        // Of each low-rank pair the first matrix.
        double integers =
                (format.integers() ? large : 0) + (format.lowRankIntegers() ? lowRank / 2 : 0);
        double floats = large + lowRank - integers;
        double readRate = machine.readGBPerSecond(weightBytes) * BYTES_PER_MS;
        return new Floor(
                weightBytes / readRate,
                (integers / machine.int8GopPerSecond() + floats / machine.fp32GopPerSecond())
                        / OPERATIONS_PER_MS,
                2.0 * sequences * shape.stateFloats() * Float.BYTES / readRate);
    }

    private static long largeWeights(ModelShape shape) {
        long width = shape.width();
        return shape.layers() * (4 * width * width + 2 * width * shape.ffnWidth());
    }

    private static long lowRankWeights(ModelShape shape) {
        long ranks =
                (long) shape.layers() * (shape.decayRank() + shape.aRank() + shape.gateRank())
                        + (shape.layers() - 1L) * shape.valueRank();
        return 2 * ranks * shape.width();
    }

    /** All of it. */
    double totalMs() {
        return Math.max(bandwidthMs, operationsMs) + stateMs;
    }
}
