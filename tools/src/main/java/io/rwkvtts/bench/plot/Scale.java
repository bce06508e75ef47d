package io.rwkvtts.bench.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * An axis: where a value lies between its two ends, and the values to be named.
 *
 * @param place of a value, 0 for the beginning and 1 for the end
 * @param marks values to be named
 */
record Scale(DoubleUnaryOperator place, List<Double> marks) {

    private static final int MOST_MARKS = 6;

    /** Equal factors at equal distances, with a mark for each value. */
    static Scale ofFactors(List<Double> values) {
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(1);
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        double range = Math.log(most / least);
        return new Scale(
                value -> range == 0 ? 0.5 : Math.log(value / least) / range,
                values.stream().distinct().sorted().toList());
    }

    /** From 0 in equal steps, to a round number that is not less than {@code most}. */
    static Scale fromZero(double most) {
        double step = Math.pow(10, Math.floor(Math.log10(most)));
        if (most / step <= MOST_MARKS / 2.0) {
            step /= most / step <= 1.5 ? 5 : 2;
        }
        int steps = (int) Math.ceil(most / step - 1e-9);
        List<Double> marks = new ArrayList<>();
        for (int mark = 0; mark <= steps; mark++) {
            marks.add(mark * step);
        }
        double end = steps * step;
        return new Scale(value -> value / end, marks);
    }
}
