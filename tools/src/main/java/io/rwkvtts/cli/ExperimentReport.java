package io.rwkvtts.cli;

import io.rwkvtts.bench.Table;
import io.rwkvtts.operator.Trial;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.synthesis.FinishReason;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How the requests on both sides of an experiment fared, by the records of the token topic. */
final class ExperimentReport {

    /** Chance of a false alarm that is taken. */
    private static final double LEVEL = 0.05;

    private static final String NONE = "-";
    private static final String NEVER = "never";

    /** Ends of requests that the job did not get to. */
    private static final Set<String> NOT_SERVED =
            Set.of(FinishReason.DEADLINE.label(), FinishReason.OVERLOADED.label());

    private static final double P95 = 0.95;
    private static final double TOKEN_MS = GenerationLimits.NANOS_PER_TOKEN / 1e6;

    /** One side: values by request, of the first copy of each record. */
    private static final class Side {
        final Map<String, Double> firstChunkMs = new HashMap<>();
        final Map<String, Double> rtf = new HashMap<>();
        final Map<String, String> ends = new HashMap<>();

        Map<String, Long> countedEnds() {
            Map<String, Long> counted = new TreeMap<>();
            ends.values().forEach(way -> counted.merge(way, 1L, Long::sum));
            return counted;
        }
    }

    private final Side before = new Side();
    private final Side treated = new Side();
    private final Map<String, Side> sides;

    /**
     * @param experiment name
     */
    ExperimentReport(String experiment) {
        Trial named = new Trial(experiment, LEVEL);
        sides = Map.of(named.arm(false), before, named.arm(true), treated);
    }

    /**
     * A record was read.
     *
     * @param arm its header, null if it has none
     * @param requestTimestampMs its header, epoch milliseconds
     * @param emittedAtMs its header, epoch milliseconds
     */
    void received(AudioTokens record, String arm, long requestTimestampMs, long emittedAtMs) {
        Side side = arm == null ? null : sides.get(arm);
        if (side == null) {
            return;
        }
        String id = record.getRequestId();
        double sinceRequestMs = emittedAtMs - requestTimestampMs;
        if (record.getFinishReason() == null) {
            if (record.getSequence() == 0) {
                side.firstChunkMs.putIfAbsent(id, sinceRequestMs);
            }
        } else if (side.ends.putIfAbsent(id, record.getFinishReason()) == null) {
            if (record.getTokenOffset() > 0) {
                side.rtf.put(id, sinceRequestMs / (record.getTokenOffset() * TOKEN_MS));
            }
            if (NOT_SERVED.contains(record.getFinishReason())) {
                // Longer than any other: left out, a side would look faster for serving fewer.
                side.firstChunkMs.putIfAbsent(id, Double.POSITIVE_INFINITY);
            }
        }
    }

    /** Prints the sides, what the tests say, and which those are. */
    void print(PrintWriter out) {
        double[] firstA = values(before.firstChunkMs);
        double[] firstB = values(treated.firstChunkMs);
        double[] rtfA = values(before.rtf);
        double[] rtfB = values(treated.rtf);
        Map<String, Long> endsA = before.countedEnds();
        Map<String, Long> endsB = treated.countedEnds();
        double[] p =
                ArmComparison.holm(
                        ArmComparison.ofTimes(firstA, firstB),
                        ArmComparison.ofTimes(rtfA, rtfB),
                        ArmComparison.ofEnds(endsA, endsB));
        Table table = new Table("what", "a", "b", "chance of b above a", "p");
        table.row("requests ended", before.ends.size(), treated.ends.size(), NONE, NONE);
        addTimes(table, "first chunk ms", firstA, firstB, 0, p[0]);
        addTimes(table, "RTF", rtfA, rtfB, 3, p[1]);
        TreeSet<String> ways = new TreeSet<>(endsA.keySet());
        ways.addAll(endsB.keySet());
        String shownP = shown(p[2]);
        for (String way : ways) {
            table.row(
                    "ended as " + way,
                    share(endsA.getOrDefault(way, 0L), before.ends.size()),
                    share(endsB.getOrDefault(way, 0L), treated.ends.size()),
                    NONE,
                    shownP);
            shownP = NONE;
        }
        table.print(out);
        out.println();
        out.println(verdict("first chunk", p[0]));
        out.println(verdict("RTF", p[1]));
        out.println(verdict("ends", p[2]));
    }

    private static double[] values(Map<String, Double> values) {
        double[] sorted = values.values().stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static void addTimes(
            Table table, String what, double[] a, double[] b, int digits, double p) {
        boolean both = a.length > 0 && b.length > 0;
        table.row(
                what + ", p50",
                quantile(a, 0.5, digits),
                quantile(b, 0.5, digits),
                both ? Table.number(ArmComparison.chanceAbove(a, b), 3) : NONE,
                shown(p));
        table.row(what + ", p95", quantile(a, P95, digits), quantile(b, P95, digits), NONE, NONE);
    }

    private static String quantile(double[] sorted, double share, int digits) {
        if (sorted.length == 0) {
            return NONE;
        }
        double value = sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
        return Double.isInfinite(value) ? NEVER : Table.number(value, digits);
    }

    private static String share(long part, int all) {
        return all == 0 ? NONE : Table.number(100.0 * part / all, 1) + " %";
    }

    private static String shown(double p) {
        return Double.isNaN(p) ? NONE : p < 0.0001 ? "<0.0001" : Table.number(p, 4);
    }

    private static String verdict(String what, double p) {
        if (Double.isNaN(p)) {
            return "%s: too few requests to tell, expected %d on each side"
                    .formatted(what, ArmComparison.FEWEST);
        }
        return what
                + (p < LEVEL
                        ? ": the sides differ by more than chance"
                        : ": no difference that chance does not explain");
    }
}
