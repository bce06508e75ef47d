package io.rwkvtts.bench.engine;

import static io.rwkvtts.bench.Table.number;

import io.rwkvtts.bench.Table;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Stream;

/** Prints the findings of the engine's benchmarks. */
public final class EngineTables {

    private EngineTables() {}

    /** Prints a report. */
    public static void print(EngineReport report, PrintWriter out) {
        Machine machine = report.machine();
        out.println(report.surroundings());
        out.printf(
                Locale.ROOT,
                "Machine with %d threads: reads %s; multiplies 8-bit integers at %.0f Gop/s (in scaled blocks %.0f), floats at %.0f Gop/s; a word goes from one processor to another and back in %.0f to %.0f ns%n%n",
                machine.threads(),
                reading(machine),
                machine.int8GopPerSecond(),
                machine.int8BlockGopPerSecond(),
                machine.fp32GopPerSecond(),
                machine.leastRoundTripNs(),
                machine.greatestRoundTripNs());
        steps(report, out);
        if (!report.prefills().isEmpty()) {
            prefills(report, out);
        }
        out.println("x bandwidth: median time / time to read the weights");
        out.println("x operations: median time / time to multiply");
        out.println("x floor: median time / (the longer of both + time to read and write states)");
        long below =
                Stream.concat(
                                report.results().stream().map(StepResult::floorRatio),
                                report.prefills().stream().map(PrefillResult::floorRatio))
                        .filter(ratio -> ratio < 1)
                        .count();
        if (below > 0) {
            out.printf(
                    Locale.ROOT,
                    "%d results are below their floor: what was measured as the least is not that%n",
                    below);
        }
        out.flush();
    }

    private static String reading(Machine machine) {
        StringBuilder text = new StringBuilder();
        for (ReadRate rate : machine.reading()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%.1f GB/s of %.0f MB, ",
                            rate.gigabytesPerSecond(),
                            rate.bytes() / 1e6));
        }
        return text.append(
                        String.format(
                                Locale.ROOT, "%.1f GB/s of 537 MB", machine.readGBPerSecond()))
                .toString();
    }

    private static void steps(EngineReport report, PrintWriter out) {
        Table table =
                new Table(
                        "shape",
                        "quantize",
                        "batch",
                        "tokens/s",
                        "step ms p10",
                        "p50",
                        "p95",
                        "x bandwidth",
                        "x operations",
                        "x floor",
                        "heap bytes/step",
                        "invariant");
        for (StepResult step : report.results()) {
            table.row(
                    step.shape(),
                    step.quantize(),
                    step.batch(),
                    number(step.tokensPerSecond(), 1),
                    number(step.stepMsP10(), 2),
                    number(step.stepMsP50(), 2),
                    number(step.stepMsP95(), 2),
                    number(step.bandwidthFloorRatio(), 2),
                    number(step.operationsFloorRatio(), 2),
                    number(step.floorRatio(), 2),
                    number(step.allocatedBytesPerStep(), 0),
                    step.batchInvariant() ? "yes" : "NO");
        }
        table.print(out);
        out.println();
    }

    private static void prefills(EngineReport report, PrintWriter out) {
        Table table =
                new Table(
                        "shape",
                        "quantize",
                        "prefill tokens",
                        "tokens/s",
                        "ms p10",
                        "p50",
                        "p95",
                        "x floor");
        for (PrefillResult prefill : report.prefills()) {
            table.row(
                    prefill.shape(),
                    prefill.quantize(),
                    prefill.tokens(),
                    number(prefill.tokensPerSecond(), 1),
                    number(prefill.msP10(), 2),
                    number(prefill.msP50(), 2),
                    number(prefill.msP95(), 2),
                    number(prefill.floorRatio(), 2));
        }
        table.print(out);
        out.println();
    }

    /** Prints a report. */
    public static void print(StateReport report, PrintWriter out) {
        out.println(report.surroundings());
        Table table =
                new Table(
                        "shape",
                        "quantize",
                        "batch",
                        "step ms at token 10",
                        "at token 2000",
                        "ratio",
                        "state bytes",
                        "equal within 5 %");
        for (StateResult state : report.states()) {
            table.row(
                    state.shape(),
                    state.quantize(),
                    state.batch(),
                    number(state.stepMsAt10(), 3),
                    number(state.stepMsAt2000(), 3),
                    number(state.ratio(), 3),
                    number(state.stateBytesAt2000(), 0),
                    state.constant() ? "yes" : "NO");
        }
        table.print(out);
    }

    /** Prints a report. */
    public static void print(QualityReport report, PrintWriter out) {
        out.println(report.surroundings());
        Table table =
                new Table(
                        "shape",
                        "quantize",
                        "tokens",
                        "logit deviation",
                        "rms error",
                        "largest error",
                        "SQNR dB",
                        "greedy agreement %");
        for (QualityResult result : report.quality()) {
            table.row(
                    result.shape(),
                    result.quantize(),
                    result.tokens(),
                    number(result.logitDeviation(), 4),
                    number(result.rmsError(), 5),
                    number(result.largestError(), 5),
                    number(result.sqnrDb(), 1),
                    number(100 * result.greedyAgreement(), 1));
        }
        table.print(out);
    }
}
