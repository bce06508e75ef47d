package io.rwkvtts.cli;

import io.rwkvtts.bench.load.JobTables;
import io.rwkvtts.bench.load.Switch;
import io.rwkvtts.bench.load.SwitchBench;
import io.rwkvtts.bench.load.SwitchBenchSettings;
import io.rwkvtts.bench.load.SwitchReport;
import io.rwkvtts.bench.load.SwitchResult;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts bench switches}: what each optimisation brings. */
@Command(
        name = "switches",
        mixinStandardHelpOptions = true,
        description = {
            "Run the job with each optimisation and without it, in turns, with the same requests."
                    + " Ends with status 1 if one of them changes a token.",
            ""
        })
final class BenchSwitchesCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private JobModelOptions model;
    @Mixin private JsonOption json;

    @Option(
            names = "--switch",
            paramLabel = "KEY=OFF,ON",
            converter = SwitchConverter.class,
            description =
                    "an option of the job with its value without and with the optimisation; may be"
                            + " repeated (default: all that are known)")
    private List<Switch> switches = Switch.ALL;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "5",
            converter = PositiveConverter.class,
            description = "runs with and without, each (default: ${DEFAULT-VALUE})")
    private int pairs;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "48",
            converter = PositiveConverter.class,
            description =
                    "requests of a run, all sent at once, each text four times, generated 8 at a"
                            + " time unless -D tts.slots sets another number (default: ${DEFAULT-VALUE})")
    private int requests;

    @Option(
            names = "--tokens-per-segment",
            paramLabel = "N",
            defaultValue = "50",
            converter = PositiveConverter.class,
            description =
                    "semantic tokens that every segment is made to have (default:"
                            + " ${DEFAULT-VALUE})")
    private int tokensPerSegment;

    @Override
    public Integer call() throws Exception {
        json.check();
        JobModelOptions.Opened opened = model.open();
        SwitchReport report =
                new SwitchBench(
                                new SwitchBenchSettings(
                                        opened.name(),
                                        opened.model(),
                                        opened.options(),
                                        switches,
                                        pairs,
                                        requests,
                                        tokensPerSegment))
                        .run();
        JobTables.print(report, spec.commandLine().getOut());
        json.write(report);
        return report.switches().stream().allMatch(SwitchResult::tokensIdentical)
                ? CommandLine.ExitCode.OK
                : CommandLine.ExitCode.SOFTWARE;
    }
}
