package io.rwkvtts.bench.engine;

/**
 * Steps early and late in a sequence.
 *
 * @param shape name of the model
 * @param quantize its number format
 * @param batch sequences stepped together
 * @param stepMsAt10 median step after the 10th token
 * @param stepMsAt2000 median step after the 2000th token of the same sequence
 * @param ratio the latter divided by the former
 * @param stateBytesAt10 bytes of the state of a sequence
 * @param stateBytesAt2000 the same, later
 */
public record StateResult(
        String shape,
        String quantize,
        int batch,
        double stepMsAt10,
        double stepMsAt2000,
        double ratio,
        int stateBytesAt10,
        int stateBytesAt2000) {

    /** How far the ratio may be from 1. */
    public static final double TOLERANCE = 0.05;

    /** Whether both are equal within {@link #TOLERANCE}. */
    public boolean constant() {
        return Math.abs(ratio - 1) <= TOLERANCE;
    }
}
