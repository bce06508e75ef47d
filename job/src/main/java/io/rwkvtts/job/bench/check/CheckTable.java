package io.rwkvtts.job.bench.check;

import static io.rwkvtts.job.bench.Table.number;

import io.rwkvtts.job.bench.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** Prints a comparison with a baseline. */
public final class CheckTable {

    private CheckTable() {}

    /** Prints it; what is worse than the tolerance allows has a mark. */
    public static void print(CheckReport report, PrintWriter out) {
        Table table = new Table("ratio (less is better)", "baseline", "runs", "verdict");
        for (RatioCheck ratio : report.ratios()) {
            table.row(
                    ratio.name(),
                    number(ratio.baseline(), 3),
                    runs(ratio, report.tolerance()),
                    ratio.failed() ? "FAILED" : "ok");
        }
        table.print(out);
        List<String> variant = report.variant();
        if (!variant.isEmpty()) {
            out.println("FAILED: results depend on what is computed beside them: " + variant);
        }
        if (!report.compared()) {
            out.println("FAILED: the cores never were as far apart as in the baseline");
        }
        out.printf(
                "%s: %d runs, tolerance %s %%; ! is worse, %d in a row fail, - not measured at this distance%n",
                report.passed() ? "passed" : "FAILED",
                report.runs(),
                number(100 * report.tolerance(), 1),
                BaselineCheck.IN_A_ROW);
        out.flush();
    }

    private static String runs(RatioCheck ratio, double tolerance) {
        return ratio.current().stream()
                .map(
                        value ->
                                (value == null ? "-" : number(value, 3))
                                        + (BaselineCheck.worse(value, ratio.baseline(), tolerance)
                                                ? "!"
                                                : " "))
                .collect(Collectors.joining(" "));
    }
}
