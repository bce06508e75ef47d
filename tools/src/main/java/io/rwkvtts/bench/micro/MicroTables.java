package io.rwkvtts.bench.micro;

import static io.rwkvtts.bench.Table.number;

import io.rwkvtts.bench.Table;
import java.io.PrintWriter;

/** Prints the findings of the benchmarks that JMH runs. */
public final class MicroTables {

    private MicroTables() {}

    /** Prints a report. */
    public static void print(SamplerReport report, PrintWriter out) {
        out.println(report.surroundings());
        Table table = new Table("rule", "logits", "µs/token", "±", "heap bytes/token");
        for (SamplerResult result : report.results()) {
            table.row(
                    result.rule(),
                    result.logits(),
                    number(result.microsPerToken(), 2),
                    number(result.error(), 2),
                    number(result.allocatedBytesPerToken(), 2));
        }
        table.print(out);
    }

    /** Prints a report. */
    public static void print(TokenizerReport report, PrintWriter out) {
        out.println(report.surroundings());
        Table table = new Table("text", "bytes", "MB/s", "±", "heap bytes/byte");
        for (TokenizerResult result : report.results()) {
            table.row(
                    result.text(),
                    result.bytes(),
                    number(result.megabytesPerSecond(), 2),
                    number(result.error(), 2),
                    number(result.allocatedBytesPerByte(), 2));
        }
        table.print(out);
    }
}
