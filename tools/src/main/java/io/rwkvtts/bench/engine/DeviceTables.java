package io.rwkvtts.bench.engine;

import static io.rwkvtts.bench.Table.number;

import io.rwkvtts.bench.Table;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints what steps on a CUDA device took, beside what its memory allows. */
public final class DeviceTables {

    private static final double BYTES_PER_MS = 1e6;

    /** A listener hears that many a second. */
    private static final int TOKENS_OF_LISTENER = 50;

    private DeviceTables() {}

    /**
     * Prints a report of one model.
     *
     * @param gigabytesPerSecond that the device reads and writes
     */
    public static void print(
            EngineReport report, BenchModel model, double gigabytesPerSecond, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%nThe device reads and writes %.0f GB/s, measured before and after in this run%n%n",
                gigabytesPerSecond);
        Table table =
                new Table(
                        "quantize",
                        "batch",
                        "step ms p50",
                        "least ms",
                        "x least",
                        "tokens/s",
                        "listeners");
        for (StepResult step : report.results()) {
            double least = leastMs(model, step.batch(), gigabytesPerSecond);
            table.row(
                    step.quantize(),
                    step.batch(),
                    number(step.stepMsP50(), 3),
                    number(least, 3),
                    number(step.stepMsP50() / least, 2),
                    number(step.tokensPerSecond(), 0),
                    number(step.tokensPerSecond() / TOKENS_OF_LISTENER, 0));
        }
        table.print(out);
        out.println("least ms: weights read once, states read and written, at that rate");
        out.println("listeners: who hear speech at once, " + TOKENS_OF_LISTENER + " tokens/s each");
        out.flush();
    }

    /** The weights once, the states of all sequences there and back. */
    static double leastMs(BenchModel model, int batch, double gigabytesPerSecond) {
        long state = model.directory().shape().stateFloats() * Float.BYTES;
        return (model.weightBytes() + 2.0 * batch * state) / (gigabytesPerSecond * BYTES_PER_MS);
    }
}
