package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {

    private static final double[] TEMPERATURES = {0, 0.1, 0.7, 1, 1, 1, 1.3, 4};
    private static final double[] TOP_PS = {0, 0.1, 0.5, 0.8, 0.95, 0.999, 1};
    private static final int[] TOP_KS = {0, 0, 1, 2, 5, 20, 80, 300};

    private final Sampler sampler = new Sampler(8193);

    @Test
    void testDrawsWhatTheReferenceDraws() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            compare(random, 1 + random.nextInt(i % 10 == 0 ? 1000 : 50));
        }
    }

    @Test
    void testDrawsWhatTheReferenceDrawsFromAllSemanticLogits() {
        Random random = new Random(2);
        for (int i = 0; i < 200; i++) {
            compare(random, 8193);
        }
    }

    private void compare(Random random, int length) {
        float[] logits = logits(random, length);
        int forbidden = random.nextInt(4) == 0 ? random.nextInt(length) : Sampler.NONE;
        SamplingParameters parameters =
                new SamplingParameters(
                        TEMPERATURES[random.nextInt(TEMPERATURES.length)],
                        TOP_PS[random.nextInt(TOP_PS.length)],
                        TOP_KS[random.nextInt(TOP_KS.length)]);
        double u = random.nextDouble();
        if (!drawable(logits, forbidden)) {
            assertThatThrownBy(() -> sampler.sample(logits, length, forbidden, parameters, u))
                    .isInstanceOf(InvalidLogitsException.class);
            return;
        }
        assertThat(sampler.sample(logits, length, forbidden, parameters, u))
                .as("%s u=%s forbidden=%s %s", parameters, u, forbidden, Arrays.toString(logits))
                .isEqualTo(ReferenceSampler.sample(logits, forbidden, parameters, u));
    }

    /** Of all kinds: flat, peaked, with ties, with minus infinity, all equal. */
    private static float[] logits(Random random, int length) {
        float[] logits = new float[length];
        double scale = new double[] {0, 1e-3, 1, 5, 30, 200}[random.nextInt(6)];
        boolean ties = random.nextBoolean();
        boolean holes = random.nextInt(3) == 0;
        for (int id = 0; id < length; id++) {
            double logit = random.nextGaussian() * scale;
            boolean hole = holes && random.nextInt(3) == 0;
            logits[id] =
                    hole
                            ? Float.NEGATIVE_INFINITY
                            : (float) (ties ? Math.rint(logit * 4) / 4 : logit);
        }
        return logits;
    }

    private static boolean drawable(float[] logits, int forbidden) {
        for (int id = 0; id < logits.length; id++) {
            if (id != forbidden && logits[id] > Float.NEGATIVE_INFINITY) {
                return true;
            }
        }
        return false;
    }

    @Test
    void testFrequenciesAreTheProbabilities() {
        float[] logits = {0, (float) Math.log(2), (float) Math.log(5), Float.NEGATIVE_INFINITY};
        int[] counts = new int[4];
        for (int i = 0; i < 80_000; i++) {
            double u = CounterRandom.uniform(0, 0, i);
            counts[sampler.sample(logits, 4, Sampler.NONE, new SamplingParameters(1, 1, 0), u)]++;
        }
        assertThat(counts[0]).isBetween(9_600, 10_400);
        assertThat(counts[1]).isBetween(19_500, 20_500);
        assertThat(counts[2]).isBetween(49_400, 50_600);
        assertThat(counts[3]).isZero();
    }

    @Test
    void testExtremeTemperaturesStayFinite() {
        float[] logits = {-Float.MAX_VALUE, 0, 1, Float.MAX_VALUE, 0.5f};
        for (double temperature : new double[] {Double.MIN_VALUE, 1e-9, 1e9, Double.MAX_VALUE}) {
            SamplingParameters parameters = new SamplingParameters(temperature, 1, 0);
            assertThat(sampler.sample(logits, 5, Sampler.NONE, parameters, 0.999)).isEqualTo(3);
        }
        SamplingParameters cold = new SamplingParameters(1e-9, 1, 0);
        assertThat(sampler.sample(new float[] {1, 2, 1.9f}, 3, Sampler.NONE, cold, 0.999))
                .isEqualTo(1);
        SamplingParameters hot = new SamplingParameters(1e12, 1, 0);
        assertThat(sampler.sample(new float[] {1, 20, 3}, 3, Sampler.NONE, hot, 0.3)).isZero();
    }

    @Test
    void testLogitsAfterTheLengthAreNotRead() {
        float[] logits = {0, 1, Float.NaN};
        assertThat(sampler.sample(logits, 2, Sampler.NONE, SamplingParameters.GLOBAL, 0.9))
                .isEqualTo(1);
    }

    @Test
    void testLogitsAreNotWritten() {
        float[] logits = {0.25f, 1.5f, -3};
        sampler.sample(logits, 3, 1, new SamplingParameters(0.7, 0.9, 2), 0.9);
        assertThat(logits).containsExactly(0.25f, 1.5f, -3);
    }

    @Test
    void testBrokenLogitsAreRefused() {
        float nan = Float.NaN;
        float minus = Float.NEGATIVE_INFINITY;
        assertRefused(new float[] {nan, 1}, Sampler.NONE, "logit 0 is NaN");
        assertRefused(new float[] {1, 2, nan}, Sampler.NONE, "logit 2 is NaN");
        assertRefused(
                new float[] {1, Float.POSITIVE_INFINITY}, Sampler.NONE, "logit 1 is +Infinity");
        assertRefused(new float[] {minus, minus}, Sampler.NONE, "all of 2 logits");
        assertRefused(new float[] {minus, 3}, 1, "all of 2 logits are -Infinity or forbidden");
    }

    private void assertRefused(float[] logits, int forbidden, String message) {
        for (double temperature : new double[] {0, 1}) {
            SamplingParameters parameters = new SamplingParameters(temperature, 0.95, 20);
            assertThatThrownBy(
                            () -> sampler.sample(logits, logits.length, forbidden, parameters, 0.5))
                    .isInstanceOf(InvalidLogitsException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void testArgumentsOutOfRangeAreRefused() {
        SamplingParameters global = SamplingParameters.GLOBAL;
        float[] logits = new float[3];
        assertThatThrownBy(() -> sampler.sample(logits, 0, Sampler.NONE, global, 0))
                .hasMessage("length is 0, expected 1 to 3");
        assertThatThrownBy(() -> sampler.sample(logits, 4, Sampler.NONE, global, 0))
                .hasMessage("length is 4, expected 1 to 3");
        assertThatThrownBy(() -> new Sampler(2).sample(logits, 3, Sampler.NONE, global, 0))
                .hasMessage("length is 3, expected 1 to 2");
        for (double u : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> sampler.sample(logits, 3, Sampler.NONE, global, u))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("u is ");
        }
        assertThatThrownBy(() -> new Sampler(0)).hasMessageContaining("maxLogits is 0");
    }

    @Test
    void testNothingIsAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        SamplingParameters[] all = {
            SamplingParameters.SEMANTIC,
            new SamplingParameters(0.7, 0.9, 0),
            new SamplingParameters(0, 1, 0)
        };
        float[] logits = logits(new Random(3), 8193);
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 2; attempt++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 300; i++) {
                double u = CounterRandom.uniform(1, 2, i);
                sampler.sample(logits, 8193, 8192, all[i % all.length], u);
            }
            allocated = threads.getThreadAllocatedBytes(thread) - before;
        }
        assertThat(allocated).isLessThan(300);
    }
}
