package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MassBoundsTest {

    private final LogitColumns columns = new LogitColumns(8193);
    private final Weights weights = new Weights(8193);
    private final MassBounds bounds = new MassBounds(LogitColumns.sizeFor(8193));

    @Test
    void testTheSumLiesBetweenAndTheBoundsAreTight() {
        Random random = new Random(1);
        for (double scale : new double[] {0, 1e-3, 0.3, 1, 2, 5, 10, 30, 200, 1e37}) {
            for (int i = 0; i < 30; i++) {
                check(logits(random, i % 3 == 0 ? 8193 : 1 + random.nextInt(8193), scale));
            }
        }
    }

    /** All at the place where the polynomial errs most, or where it is cut off. */
    @Test
    void testTheSumOfEqualWeightsLiesBetween() {
        for (double below = 0; below < 40; below += 0.25) {
            float[] logits = new float[8193];
            logits[17] = (float) below;
            check(logits);
        }
    }

    private void check(float[] logits) {
        columns.set(logits, logits.length, Sampler.NONE);
        weights.set(columns);
        // The first few are known.
        int known = Math.min(10, logits.length);
        int[] ids = new int[known];
        double[] knownWeights = new double[known];
        for (int i = 0; i < known; i++) {
            ids[i] = i;
            knownWeights[i] = weights.array()[i];
        }
        bounds.set(columns, ids, knownWeights, known);
        assertThat(weights.sum()).isBetween(bounds.low(), bounds.high());
        assertThat(bounds.ofColumns(columns)).isPositive().isLessThanOrEqualTo(weights.sum());
        assertThat(bounds.high() / bounds.low()).isLessThan(1.0002);
    }

    private static float[] logits(Random random, int length, double scale) {
        float[] logits = new float[length];
        for (int id = 0; id < length; id++) {
            boolean hole = random.nextInt(20) == 0;
            logits[id] = hole ? Float.NEGATIVE_INFINITY : (float) (random.nextGaussian() * scale);
        }
        logits[0] = 0;
        return logits;
    }
}
