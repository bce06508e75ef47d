package io.rwkvtts.bench.load;

import static io.rwkvtts.bench.Table.number;

import io.rwkvtts.bench.Table;
import java.io.PrintWriter;

/** Prints the findings of the job's benchmark. */
public final class JobTables {

    private JobTables() {}

    /** Prints a report. */
    public static void print(JobReport report, PrintWriter out) {
        out.println(report.surroundings());
        out.printf(
                "%s %s, checkpoint interval %d ms, peak memory %s MB%n%n",
                report.model(),
                report.quantize(),
                report.checkpointIntervalMs(),
                report.peakMemoryBytes() < 0 ? "?" : number(report.peakMemoryBytes() / 1e6, 0));
        out.println("Streams that are always busy, and the engine alone:");
        Table saturated =
                new Table(
                        "streams",
                        "tokens/s",
                        "engine tokens/s",
                        "ratio",
                        "processors",
                        "heap bytes/token");
        for (SaturatedResult result : report.saturated()) {
            saturated.row(
                    result.streams(),
                    number(result.tokensPerSecond(), 1),
                    number(result.engineTokensPerSecond(), 1),
                    number(result.engineRatio(), 3),
                    number(result.processors(), 2),
                    number(result.allocatedBytesPerToken(), 0));
        }
        saturated.print(out);
        out.printf(
                "%nRequests that arrive at random at %s %% of what that many busy streams get; ms from when they were due, p50 / p95 / p99:%n",
                number(100 * report.load(), 0));
        openLoop(report, out);
        out.printf(
                "%nWhere the time to the first chunk goes, and what is done from slot to chunk; ms, p50 / p95:%n");
        timelines(report, out);
        out.println();
        out.println("inter-token ms, chunk mean: between two tokens, averaged over their chunk");
        out.printf(
                "-: of fewer than %d (p95) or %d (p99) values%n",
                Percentiles.FEWEST_FOR_P95, Percentiles.FEWEST_FOR_P99);
        out.println("heap bytes/token: with the copies of states that checkpoints take");
        out.flush();
    }

    private static void openLoop(JobReport report, PrintWriter out) {
        Table table =
                new Table(
                        "text",
                        "streams",
                        "requests/s",
                        "requests",
                        "failed",
                        "tokens/s",
                        "first chunk ms",
                        "inter-token ms, chunk mean",
                        "end to end ms",
                        "RTF",
                        "continuous %",
                        "processors",
                        "heap bytes/token");
        for (OpenLoopResult result : report.openLoop()) {
            table.row(
                    result.text(),
                    result.streams(),
                    number(result.requestsPerSecond(), 2),
                    result.requests(),
                    result.failed(),
                    number(result.tokensPerSecond(), 1),
                    spread(result.firstChunkMs(), 0),
                    spread(result.interTokenMsChunkMean(), 1),
                    spread(result.endToEndMs(), 0),
                    spread(result.realTimeFactor(), 3),
                    number(100 * result.continuity(), 1),
                    number(result.processors(), 2),
                    number(result.allocatedBytesPerToken(), 0));
        }
        table.print(out);
    }

    private static void timelines(JobReport report, PrintWriter out) {
        Table table =
                new Table(
                        "text",
                        "streams",
                        "into the job",
                        "queue",
                        "prompt",
                        "first token",
                        "chunk",
                        "out to the client",
                        "steps",
                        "prompts",
                        "other");
        for (OpenLoopResult result : report.openLoop()) {
            FirstChunkTimeline timeline = result.timeline();
            table.row(
                    result.text(),
                    result.streams(),
                    middleAndLate(timeline.inMs()),
                    middleAndLate(timeline.queueMs()),
                    middleAndLate(timeline.promptMs()),
                    middleAndLate(timeline.firstTokenMs()),
                    middleAndLate(timeline.chunkMs()),
                    middleAndLate(timeline.outMs()),
                    middleAndLate(timeline.stepsMs()),
                    middleAndLate(timeline.promptsMs()),
                    middleAndLate(timeline.otherMs()));
        }
        table.print(out);
    }

    private static String middleAndLate(Percentiles values) {
        return "%s / %s".formatted(known(values.p50(), 1), known(values.p95(), 1));
    }

    private static String spread(Percentiles values, int digits) {
        return "%s / %s / %s"
                .formatted(
                        known(values.p50(), digits),
                        known(values.p95(), digits),
                        known(values.p99(), digits));
    }

    private static String known(Double value, int digits) {
        return value == null ? "-" : number(value, digits);
    }

    /** Prints a report. */
    public static void print(SwitchReport report, PrintWriter out) {
        out.println(report.surroundings());
        out.printf(
                "%s %s, %d requests at once; different texts: %d, each comes %s times%n",
                report.model(),
                report.quantize(),
                report.requests(),
                report.texts(),
                repetitions(report));
        Table table =
                new Table(
                        "switch",
                        "runs",
                        "tokens/s off",
                        "on",
                        "speed-up",
                        "from - to",
                        "first chunk ms off",
                        "on",
                        "same tokens");
        for (SwitchResult result : report.switches()) {
            table.row(
                    result.name(),
                    result.runs(),
                    number(result.tokensPerSecondOff(), 1),
                    number(result.tokensPerSecondOn(), 1),
                    number(result.speedUp(), 3),
                    number(result.speedUpLeast(), 3) + " - " + number(result.speedUpMost(), 3),
                    number(result.firstChunkMsOff(), 0),
                    number(result.firstChunkMsOn(), 0),
                    result.tokensIdentical() ? "yes" : "NO");
        }
        table.print(out);
    }

    private static String repetitions(SwitchReport report) {
        int least = report.requests() / report.texts();
        return report.requests() % report.texts() == 0
                ? String.valueOf(least)
                : "%d or %d".formatted(least, least + 1);
    }
}
