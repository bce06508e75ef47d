package io.rwkvtts.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts bench}: the benchmarks. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measure, each figure beside what the machine could do in the same run.",
            ""
        },
        subcommands = {
            BenchEngineCommand.class,
            BenchSamplerCommand.class,
            BenchTokenizerCommand.class,
            BenchQualityCommand.class,
            BenchSnapshotsCommand.class,
            BenchCheckCommand.class,
            BenchJobCommand.class,
            BenchSwitchesCommand.class,
            BenchPlotCommand.class
        })
final class BenchCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a benchmark is missing");
    }
}
