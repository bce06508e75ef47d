package io.rwkvtts.model;

/**
 * 4-bit quantisation: {@value #GROUP} weights of a row have a factor in common, and all factors of
 * a row a scale. A weight stands for (nibble − 8) · factor · scale, of which the first product is a
 * signed byte, so that sums stay integers.
 */
final class GroupQuantizer {

    /** Weights with one factor. */
    static final int GROUP = 64;

    static final int ZERO = 8;
    private static final int SMALLEST = -8;
    private static final int LARGEST = 7;
    private static final int MOST_FACTOR = 15;

    /** What the largest weight of a group may become; which is best depends on the others. */
    private static final float[] LARGEST_STEPS = {6.5f, 7, 7.5f, 8, 8.5f, 9};

    private GroupQuantizer() {}

    /**
     * A quantised matrix.
     *
     * @param nibbles {@code [rows, columns]}, 0 to 15
     * @param factors {@code [rows, groups]}, 0 to 15
     * @param scales {@code [rows]}
     */
    record Groups(byte[] nibbles, byte[] factors, float[] scales) {}

    /** Groups in a row of this many weights. */
    static int groups(int columns) {
        return (columns + GROUP - 1) / GROUP;
    }

    /** Quantises a row-major matrix of finite weights. */
    static Groups quantize(float[] matrix, int rows, int columns) {
        int groups = groups(columns);
        Groups result =
                new Groups(new byte[matrix.length], new byte[rows * groups], new float[rows]);
        float[] steps = new float[groups];
        for (int row = 0; row < rows; row++) {
            float largest = 0;
            for (int group = 0; group < groups; group++) {
                int from = row * columns + group * GROUP;
                steps[group] = bestStep(matrix, from, Math.min(from + GROUP, (row + 1) * columns));
                largest = Math.max(largest, steps[group]);
            }
            float scale = largest / MOST_FACTOR;
            // A row of weights too small for a scale is a row of zeros.
            result.scales[row] = scale < Float.MIN_NORMAL ? 0 : scale;
            for (int group = 0; group < groups; group++) {
                int from = row * columns + group * GROUP;
                int to = Math.min(from + GROUP, (row + 1) * columns);
                int factor = 0;
                if (result.scales[row] > 0) {
                    factor = bestFactor(matrix, from, to, steps[group] / scale, scale);
                }
                result.factors[row * groups + group] = (byte) factor;
                for (int i = from; i < to; i++) {
                    result.nibbles[i] = (byte) (ZERO + nearest(matrix[i], inverse(factor * scale)));
                }
            }
        }
        return result;
    }

    private static float bestStep(float[] matrix, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(matrix[i]));
        }
        float best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (float steps : LARGEST_STEPS) {
            double error = error(matrix, from, to, largest / steps);
            if (error < least) {
                least = error;
                best = largest / steps;
            }
        }
        return best;
    }

    private static int bestFactor(float[] matrix, int from, int to, float wanted, float scale) {
        int lower = Math.max(1, (int) wanted);
        int upper = Math.min(MOST_FACTOR, lower + 1);
        return error(matrix, from, to, lower * scale) <= error(matrix, from, to, upper * scale)
                ? lower
                : upper;
    }

    private static double error(float[] matrix, int from, int to, float step) {
        float inverse = inverse(step);
        double error = 0;
        for (int i = from; i < to; i++) {
            float difference = matrix[i] - nearest(matrix[i], inverse) * step;
            error += difference * difference;
        }
        return error;
    }

    private static float inverse(float step) {
        return step < Float.MIN_NORMAL ? 0 : 1 / step;
    }

    private static int nearest(float weight, float inverse) {
        return Math.max(SMALLEST, Math.min(LARGEST, Math.round(weight * inverse)));
    }
}
