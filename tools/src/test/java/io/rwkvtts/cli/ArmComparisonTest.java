package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArmComparisonTest {

    private static final int EXPERIMENTS = 1_000;

    /** Skewed, in whole milliseconds, so that there are ties. */
    private static double[] times(int count, double scale, Random random) {
        return IntStream.range(0, count)
                .mapToDouble(i -> Math.rint(scale * Math.exp(random.nextGaussian())))
                .toArray();
    }

    /** At 5 %, one of twenty experiments without a difference is a false alarm, and no more. */
    @Test
    void testFalseAlarmsAreAsRareAsTheySay() {
        Random random = new Random(7);
        int alarms = 0;
        int endAlarms = 0;
        for (int i = 0; i < EXPERIMENTS; i++) {
            alarms +=
                    ArmComparison.ofTimes(times(60, 30, random), times(40, 30, random)) < 0.05
                            ? 1
                            : 0;
            endAlarms += ArmComparison.ofEnds(ends(200, random), ends(150, random)) < 0.05 ? 1 : 0;
        }
        // Three standard deviations around 50.
        assertThat(alarms).isBetween(30, 71);
        assertThat(endAlarms).isLessThan(71);
    }

    private static Map<String, Long> ends(int count, Random random) {
        long errors = IntStream.range(0, count).filter(i -> random.nextInt(100) < 3).count();
        long lengths = IntStream.range(0, count).filter(i -> random.nextInt(100) < 10).count();
        return Map.of("error", errors, "length", lengths, "stop", count - errors - lengths);
    }

    /** Of requests that were not served. */
    @Test
    void testTimesWithoutAnEndAreTheLongest() {
        double[] some = times(40, 30, new Random(9));
        double[] others = times(40, 30, new Random(10));
        for (int i = 0; i < 8; i++) {
            others[i] = 1e9;
        }
        some[0] = 1e9;
        double p = ArmComparison.ofTimes(some, others);
        double chance = ArmComparison.chanceAbove(some, others);
        for (double[] times : new double[][] {some, others}) {
            for (int i = 0; i < times.length; i++) {
                times[i] = times[i] == 1e9 ? Double.POSITIVE_INFINITY : times[i];
            }
        }

        assertThat(ArmComparison.ofTimes(some, others)).isEqualTo(p);
        assertThat(ArmComparison.chanceAbove(some, others)).isEqualTo(chance);
    }

    @Test
    void testDifferencesAreFound() {
        Random random = new Random(8);
        assertThat(ArmComparison.ofTimes(times(300, 30, random), times(300, 45, random)))
                .isLessThan(0.001);
        assertThat(
                        ArmComparison.ofEnds(
                                Map.of("stop", 950L, "error", 50L),
                                Map.of("stop", 900L, "error", 100L)))
                .isLessThan(0.001);
    }

    /**
     * Values of textbooks and of R: {@code wilcox.test}, {@code fisher.test}, {@code chisq.test}.
     */
    @Test
    void testValuesAreThoseOfOthers() {
        // chisq.test(matrix(c(30, 20, 10, 40), 2), correct = FALSE): X-squared = 16.667
        assertThat(
                        ArmComparison.ofEnds(
                                Map.of("stop", 30L, "length", 20L),
                                Map.of("stop", 10L, "length", 40L)))
                .isEqualTo(4.456e-05, within(1e-8));
        // fisher.test(matrix(c(20, 0, 15, 5), 2)): the tables as rare as 0 of 5 on one side
        assertThat(ArmComparison.ofEnds(Map.of("stop", 20L), Map.of("stop", 15L, "error", 5L)))
                .isEqualTo(0.04712, within(1e-5));
    }

    @Test
    void testRareEndsAreTakenTogether() {
        // Alone, three of one kind and three of another would be too few for the test.
        double p =
                ArmComparison.ofEnds(
                        Map.of("stop", 97L, "error", 1L, "expired", 2L),
                        Map.of("stop", 85L, "error", 8L, "expired", 7L));
        double together =
                ArmComparison.ofEnds(
                        Map.of("stop", 97L, "error", 3L), Map.of("stop", 85L, "error", 15L));
        assertThat(p).isEqualTo(together);
    }

    @Test
    void testNothingIsSaidOfAFew() {
        assertThat(ArmComparison.ofTimes(new double[19], new double[500])).isNaN();
        assertThat(ArmComparison.ofEnds(Map.of("stop", 19L), Map.of("stop", 500L))).isNaN();
    }

    @Test
    void testWhatIsAllTheSameDoesNotDiffer() {
        assertThat(ArmComparison.ofTimes(new double[20], new double[500])).isEqualTo(1);
        assertThat(ArmComparison.ofEnds(Map.of("stop", 20L), Map.of("stop", 500L))).isEqualTo(1);
    }

    @Test
    void testChanceCountsTiesHalf() {
        assertThat(ArmComparison.chanceAbove(new double[] {1, 2}, new double[] {3, 4})).isOne();
        assertThat(ArmComparison.chanceAbove(new double[] {1, 2}, new double[] {1, 2}))
                .isEqualTo(0.5);
        assertThat(ArmComparison.chanceAbove(new double[] {5}, new double[] {5, 6, 4}))
                .isEqualTo(0.5);
    }

    /** R: {@code p.adjust(c(0.01, 0.04, 0.03), "holm")}. */
    @Test
    void testHolm() {
        assertThat(ArmComparison.holm(0.01, 0.04, 0.03)).containsExactly(0.03, 0.06, 0.06);
        double[] withGap = ArmComparison.holm(0.02, Double.NaN, 0.9);
        assertThat(withGap[0]).isEqualTo(0.04);
        assertThat(withGap[1]).isNaN();
        assertThat(withGap[2]).isEqualTo(0.9);
    }
}
