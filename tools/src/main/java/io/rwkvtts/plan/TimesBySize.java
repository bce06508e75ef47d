package io.rwkvtts.plan;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Milliseconds that a call takes by its size, as measured at some sizes: linear between two of
 * them, as long as the smallest below it, and above the largest as steep as the last piece.
 *
 * @param measured by size; not empty
 */
public record TimesBySize(NavigableMap<Integer, Double> measured) {

    private static final double MS_PER_SECOND = 1000;

    /**
     * @throws IllegalArgumentException if nothing was measured, or a size or time is not above 0
     */
    public TimesBySize {
        measured = new TreeMap<>(measured);
        if (measured.isEmpty()) {
            throw new IllegalArgumentException("no times were measured");
        }
        measured.forEach(
                (size, ms) -> {
                    if (size < 1 || !(ms > 0)) {
                        throw new IllegalArgumentException(
                                "%s ms at size %d, expected both above 0".formatted(ms, size));
                    }
                });
    }

    /**
     * Steps.
     *
     * @param tokensPerSecond of all sequences together, by their number
     */
    static TimesBySize ofRates(Map<Integer, Double> tokensPerSecond) {
        NavigableMap<Integer, Double> ms = new TreeMap<>();
        tokensPerSecond.forEach((size, rate) -> ms.put(size, size * MS_PER_SECOND / rate));
        return new TimesBySize(ms);
    }

    /** Milliseconds of a call of that size. */
    public double at(int size) {
        Map.Entry<Integer, Double> below = measured.floorEntry(size);
        if (below == null) {
            return measured.firstEntry().getValue();
        }
        Map.Entry<Integer, Double> above = measured.higherEntry(size);
        if (above == null) {
            above = below;
            below = measured.lowerEntry(above.getKey());
        }
        if (below == null) {
            // Of one size all that is known is that no size is free.
            return above.getValue() * Math.max(1, (double) size / above.getKey());
        }
        double slope = (above.getValue() - below.getValue()) / (above.getKey() - below.getKey());
        return below.getValue() + slope * (size - below.getKey());
    }

    /** The same with every time multiplied. */
    TimesBySize times(double factor) {
        NavigableMap<Integer, Double> all = new TreeMap<>(measured);
        all.replaceAll((size, ms) -> ms * factor);
        return new TimesBySize(all);
    }

    /** The same with a time that is known otherwise, unless that size was measured. */
    TimesBySize withKnown(int size, double ms) {
        NavigableMap<Integer, Double> all = new TreeMap<>(measured);
        all.putIfAbsent(size, ms);
        return new TimesBySize(all);
    }
}
