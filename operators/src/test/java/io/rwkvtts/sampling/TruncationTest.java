package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against the rule by sorting everything, with the weights and the sum that the rule names. */
class TruncationTest {

    private static final int[] TOP_KS = {0, 3, 20, 80, 500};

    private final LogitColumns columns = new LogitColumns(8193);
    private final Weights weights = new Weights(8193);
    private final Truncation truncation = new Truncation(8193);

    /** Only the exact sum decides where such a nucleus ends. */
    @Test
    void testNucleusEndsWhereTheSumOfAllWeightsSaysToTheLastBit() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            set(logits(random, 1 + random.nextInt(8193), 1 + 4 * random.nextDouble()));
            double border = running(random.nextInt(Math.min(weights.length(), 200)));
            for (double topP : new double[] {border, Math.nextUp(border), Math.nextDown(border)}) {
                checkAllRanks(Math.min(topP, 1));
            }
        }
    }

    @Test
    void testAnyNucleusOfAnyLogits() {
        Random random = new Random(2);
        double[] topPs = {0, Double.MIN_VALUE, 0.3, 0.95, 1 - 1e-8, 1 - 1e-12, 1};
        for (double scale : new double[] {0, 1e-6, 0.1, 1, 10, 300, 1e30}) {
            for (int length : new int[] {1, 15, 16, 17, 256, 257, 8193}) {
                set(logits(random, length, scale));
                for (double topP : topPs) {
                    checkAllRanks(topP);
                }
            }
        }
    }

    private void checkAllRanks(double topP) {
        int[] order = order();
        for (int topK : TOP_KS) {
            int count = truncation.apply(columns, topP, topK);
            assertThat(Arrays.copyOf(truncation.kept(), count))
                    .as("topP %s, topK %s of %s logits", topP, topK, weights.length())
                    .isEqualTo(expected(order, topP, topK));
        }
    }

    private void set(float[] logits) {
        columns.set(logits, logits.length, Sampler.NONE);
        weights.set(columns);
    }

    private static float[] logits(Random random, int length, double scale) {
        boolean ties = random.nextInt(3) == 0;
        float[] logits = new float[length];
        for (int id = 0; id < length; id++) {
            double logit = random.nextGaussian() * scale;
            logits[id] = (float) (ties ? Math.rint(logit) : logit);
        }
        return logits;
    }

    /** Ids of positive weight, the largest weight first, the lowest id first among equals. */
    private int[] order() {
        double[] weight = weights.array();
        return IntStream.range(0, weights.length())
                .filter(id -> weight[id] > 0)
                .boxed()
                .sorted(
                        Comparator.comparingDouble((Integer id) -> -weight[id])
                                .thenComparing(id -> id))
                .mapToInt(id -> id)
                .toArray();
    }

    /** The probability of the first {@code rank + 1} ids. */
    private double running(int rank) {
        int[] order = order();
        double running = 0;
        for (int i = 0; i <= Math.min(rank, order.length - 1); i++) {
            running += weights.array()[order[i]] / weights.sum();
        }
        return running;
    }

    private int[] expected(int[] order, double topP, int topK) {
        double least = 0;
        double running = 0;
        for (int i = 0; i < order.length && topP < 1 && least == 0; i++) {
            running += weights.array()[order[i]] / weights.sum();
            least = running >= topP ? weights.array()[order[i]] : 0;
        }
        double smallest = least;
        return Arrays.stream(order)
                .filter(id -> weights.array()[id] >= smallest)
                .limit(topK == 0 ? order.length : topK)
                .sorted()
                .toArray();
    }
}
