package io.rwkvtts.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.apache.commons.statistics.inference.FisherExactTest;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/**
 * Whether two groups of requests, which a hash has divided at random, differ by more than chance.
 *
 * <p>Times are skewed and have a long tail, so their means say little and a t-test's assumption
 * does not hold: the Mann–Whitney U test (two-sided, corrected for ties) asks whether a request of
 * one group tends to be slower than one of the other. Ways to end are categories: Pearson's
 * chi-squared test, rare ones taken together until 5 of each are expected (Cochran's rule), and
 * Fisher's exact test where only two are left with fewer. As several questions are asked of the
 * same requests, p values are adjusted by Holm's method.
 */
final class ArmComparison {

    /** Requests of a group below which nothing is said. */
    static final int FEWEST = 20;

    private static final double FEWEST_EXPECTED = 5;

    private ArmComparison() {}

    /**
     * How likely a difference as large as this is if there is none.
     *
     * @return the p value; NaN if there are too few of one group
     */
    static double ofTimes(double[] one, double[] other) {
        if (Math.min(one.length, other.length) < FEWEST) {
            return Double.NaN;
        }
        double p = MannWhitneyUTest.withDefaults().test(one, other).getPValue();
        // Not a number where all values are the same.
        return Double.isNaN(p) ? 1 : p;
    }

    /** How likely a value of {@code other} is above one of {@code one}; ties count half. */
    static double chanceAbove(double[] one, double[] other) {
        double[] sorted = one.clone();
        Arrays.sort(sorted);
        double above = 0;
        for (double value : other) {
            above += (rank(sorted, value, false) + rank(sorted, value, true)) / 2.0;
        }
        return above / one.length / other.length;
    }

    /** How many are below a value, or, with ties, not above it. */
    private static int rank(double[] sorted, double value, boolean withTies) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value || withTies && sorted[middle] == value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * How likely numbers as different as these are if both groups end alike.
     *
     * @return the p value; NaN if there are too few of one group, 1 if all end in one way
     */
    static double ofEnds(Map<String, Long> one, Map<String, Long> other) {
        long ones = sum(one);
        long others = sum(other);
        if (Math.min(ones, others) < FEWEST) {
            return Double.NaN;
        }
        TreeSet<String> ways = new TreeSet<>(one.keySet());
        ways.addAll(other.keySet());
        List<long[]> columns = new ArrayList<>();
        for (String way : ways) {
            columns.add(new long[] {one.getOrDefault(way, 0L), other.getOrDefault(way, 0L)});
        }
        double smallerShare = (double) Math.min(ones, others) / (ones + others);
        while (true) {
            columns.sort(Comparator.comparingLong(column -> column[0] + column[1]));
            if (columns.size() < 2) {
                return 1;
            }
            long[] rarest = columns.get(0);
            if ((rarest[0] + rarest[1]) * smallerShare >= FEWEST_EXPECTED) {
                return ChiSquareTest.withDefaults()
                        .test(columns.toArray(long[][]::new))
                        .getPValue();
            }
            if (columns.size() == 2) {
                return fisher(columns);
            }
            long[] second = columns.remove(1);
            rarest[0] += second[0];
            rarest[1] += second[1];
        }
    }

    private static double fisher(List<long[]> columns) {
        int[][] table = new int[2][2];
        for (int column = 0; column < 2; column++) {
            for (int row = 0; row < 2; row++) {
                table[row][column] = Math.toIntExact(columns.get(column)[row]);
            }
        }
        return FisherExactTest.withDefaults().test(table).getPValue();
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * P values adjusted by Holm's method, so that the chance of any false alarm among them is what
     * it is for one.
     *
     * @param pValues NaN where nothing was asked, which stay
     */
    static double[] holm(double... pValues) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < pValues.length; i++) {
            if (!Double.isNaN(pValues[i])) {
                order.add(i);
            }
        }
        order.sort(Comparator.comparingDouble(i -> pValues[i]));
        double[] adjusted = pValues.clone();
        double largest = 0;
        for (int rank = 0; rank < order.size(); rank++) {
            int i = order.get(rank);
            largest = Math.max(largest, Math.min(1, (order.size() - rank) * pValues[i]));
            adjusted[i] = largest;
        }
        return adjusted;
    }
}
