package io.rwkvtts.cli;

import io.rwkvtts.bench.JsonFile;
import io.rwkvtts.bench.check.BaselineCheck;
import io.rwkvtts.bench.check.CheckReport;
import io.rwkvtts.bench.check.CheckTable;
import io.rwkvtts.bench.check.RepeatedCheck;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.engine.cpu.CpuEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts bench check}: nothing may become slower unnoticed. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Compare with a recorded run of 'tts bench engine --json'. Compared are ratios: times as"
                    + " multiples of what the machine needs at least, and of each other. Ends with"
                    + " status 1 when a ratio is worse in three runs in a row, or a result depends"
                    + " on what is computed beside it.",
            ""
        })
final class BenchCheckCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private JsonOption json;
    @Mixin private BenchCacheOption cache;

    @Option(
            names = "--baseline",
            required = true,
            paramLabel = "FILE",
            description = "the recorded run")
    private Path baseline;

    @Option(
            names = "--current",
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "runs to compare with it, the earliest first (default: measure now, and again"
                            + " while something looks worse, at most six times)")
    private List<Path> current = List.of();

    @Option(
            names = "--tolerance",
            paramLabel = "SHARE",
            defaultValue = "10%",
            converter = ShareConverter.class,
            description = "how much worse a result may be (default: ${DEFAULT-VALUE})")
    private double tolerance;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "8",
            converter = PositiveConverter.class,
            description = "rounds of a measurement made now (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--turn-ms",
            paramLabel = "MS",
            defaultValue = "500",
            converter = PositiveConverter.class,
            description =
                    "length of a turn of a measurement made now, milliseconds (default:"
                            + " ${DEFAULT-VALUE})")
    private int turnMs;

    @Override
    public Integer call() throws IOException {
        json.check();
        EngineReport expected = JsonFile.read(baseline, EngineReport.class);
        CheckReport report = current.isEmpty() ? measure(expected) : compare(expected);
        CheckTable.print(report, spec.commandLine().getOut());
        json.write(report);
        return report.passed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private CheckReport measure(EngineReport expected) throws IOException {
        return new RepeatedCheck(expected, CpuEngine::open, rounds, Duration.ofMillis(turnMs))
                .run(cache.open(), tolerance);
    }

    private CheckReport compare(EngineReport expected) throws IOException {
        BaselineCheck check = new BaselineCheck(expected, tolerance);
        for (Path file : current) {
            check.add(JsonFile.read(file, EngineReport.class), file.toString());
        }
        return check.report();
    }
}
