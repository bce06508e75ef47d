package io.rwkvtts.bench.check;

import static io.rwkvtts.bench.Table.number;

import io.rwkvtts.bench.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** Prints a comparison with a baseline. */
public final class CheckTable {

    private CheckTable() {}

    /** Prints it; what is worse than the tolerance allows has a mark. */
    public static void print(CheckReport report, PrintWriter out) {
        Table table = new Table("result", "time / floor", "times as slow since", "verdict");
        for (ResultCheck result : report.results()) {
            table.row(
                    result.name(),
                    number(result.baseline(), 2),
                    runs(result, report.tolerance()),
                    result.failed() ? "FAILED" : "ok");
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

    private static String runs(ResultCheck result, double tolerance) {
        return result.slowdowns().stream()
                .map(
                        slowdown ->
                                (slowdown == null ? "-" : number(slowdown, 2))
                                        + (ResultCheck.worse(slowdown, tolerance) ? "!" : " "))
                .collect(Collectors.joining(" "));
    }
}
