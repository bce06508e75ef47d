package io.rwkvtts.bench.snapshot;

import static io.rwkvtts.bench.Table.number;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.Table;
import java.io.PrintWriter;
import java.util.List;

/**
 * What {@link SnapshotBench} found.
 *
 * @param surroundings where and when
 * @param snapshots for each model and mode
 */
public record SnapshotReport(Surroundings surroundings, List<SnapshotResult> snapshots) {

    /** Prints the findings. */
    public void print(PrintWriter out) {
        out.println(surroundings);
        out.println();
        Table table =
                new Table(
                        "shape",
                        "quantize",
                        "mode",
                        "sequences",
                        "tokens of each",
                        "bytes of each",
                        "pause ms",
                        "write ms",
                        "restore ms");
        for (SnapshotResult result : snapshots) {
            table.row(
                    result.shape(),
                    result.quantize(),
                    result.mode(),
                    result.sequences(),
                    result.tokens(),
                    number(result.bytesPerSequence(), 0),
                    number(result.pauseMs(), 1),
                    number(result.writeMs(), 1),
                    number(result.restoreMs(), 1));
        }
        table.print(out);
        out.println();
        out.println("pause: no step runs; write: beside the steps; restore: to the next step");
        out.flush();
    }
}
