package io.rwkvtts.plan;

import static io.rwkvtts.bench.Table.number;

import io.rwkvtts.bench.Table;
import java.io.PrintWriter;

/** Prints plans. */
public final class PlanTables {

    private static final double MEGA = 1e6;
    private static final double PER_CENT = 100;

    private PlanTables() {}

    /** Prints a plan with what it rests on. */
    public static void print(PlanReport report, PrintWriter out) {
        Plan plan = report.plan();
        SimulationResult served = plan.engine().result();
        out.printf(
                "%s %s: %s%nA machine: %s%nTexts of %d to %d tokens, %s s of speech on average; arrivals at random%n%n",
                report.costs().model(),
                report.costs().quantize(),
                report.costs().source(),
                report.costs().machine(),
                report.texts().fewest(),
                report.texts().most(),
                number(report.texts().meanSpeechSeconds(), 1));
        Table table = new Table("for listeners who all hear speech at once", "");
        table.row("listeners", number(plan.listeners(), 0));
        table.row(
                "listeners of a machine, with a reserve of %s %%"
                        .formatted(number(report.objectives().reserve() * PER_CENT, 0)),
                number(plan.engine().listeners(), 1));
        table.row("slots (tts.slots)", number(plan.engine().slots(), 0));
        table.row("machines with one engine each", number(plan.machines(), 0));
        table.row("jobs", number(plan.jobs(), 0));
        table.row("parallelism of a job (tts.parallelism)", number(plan.parallelism(), 0));
        table.row("memory of the process on a machine, MB", number(plan.memoryBytes() / MEGA, 0));
        table.row("requests/s", number(plan.requestsPerSecond(), 1));
        table.row("semantic tokens/s", number(plan.tokensPerSecond(), 0));
        table.row("Kafka: partitions of each topic of a job", number(plan.partitions(), 0));
        table.row("Kafka: records/s of tokens", number(plan.tokenRecordsPerSecond(), 0));
        table.row("Kafka: MB/s of tokens", number(plan.tokenBytesPerSecond() / MEGA, 2));
        table.row("Kafka: MB/s of requests", number(plan.requestBytesPerSecond() / MEGA, 3));
        table.row("checkpoint interval, s", number(report.limits().checkpointSeconds(), 0));
        table.row("checkpoint, MB", number(plan.checkpointBytes() / MEGA, 1));
        table.row("checkpoints, MB/s", number(plan.checkpointBytesPerSecond() / MEGA, 1));
        table.print(out);
        out.printf(
                "%nSimulated on such a machine: first chunk p50 %s ms, p95 %s ms; %s %% of the listeners never wait longer than 100 ms; processors busy %s %%%n%n",
                number(served.firstChunkP50Ms(), 0),
                number(served.firstChunkP95Ms(), 0),
                number(served.continuous() * PER_CENT, 1),
                number(served.busy() * PER_CENT, 0));
        Table breaks = new Table("what is full", "at listeners", "then");
        plan.breaks().forEach(b -> breaks.row(b.what(), number(b.listeners(), 0), b.remedy()));
        breaks.print(out);
        out.println(
                "Memory of a machine, checkpoint storage and brokers are assumed: see the options.");
        out.flush();
    }

    /** Prints how the simulation compares with what was measured. */
    public static void print(CheckReport report, PrintWriter out) {
        out.printf(
                "%s %s: %s%nA machine: %s%n%n",
                report.costs().model(),
                report.costs().quantize(),
                report.costs().source(),
                report.costs().machine());
        Table table =
                new Table(
                        "streams",
                        "requests/s",
                        "first chunk p50 ms",
                        "simulated",
                        "off %",
                        "p95 ms",
                        "simulated",
                        "off %",
                        "tokens/s",
                        "simulated",
                        "off %");
        for (CheckedLoad load : report.loads()) {
            table.row(
                    load.streams(),
                    number(load.requestsPerSecond(), 2),
                    number(load.firstChunkP50Ms().measured(), 0),
                    number(load.firstChunkP50Ms().simulated(), 0),
                    number(load.firstChunkP50Ms().off() * PER_CENT, 0),
                    number(load.firstChunkP95Ms().measured(), 0),
                    number(load.firstChunkP95Ms().simulated(), 0),
                    number(load.firstChunkP95Ms().off() * PER_CENT, 0),
                    number(load.tokensPerSecond().measured(), 0),
                    number(load.tokensPerSecond().simulated(), 0),
                    number(load.tokensPerSecond().off() * PER_CENT, 0));
        }
        table.print(out);
    }
}
