package io.rwkvtts.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line {@code tts}. Exit status: 0 success, 1 failure, 2 wrong usage. */
@Command(
        name = "tts",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Streaming speech synthesis with RWKV-7 on Apache Flink and ONNX Runtime.",
        subcommands = {
            DemoCommand.class,
            LocalRunCommand.class,
            SendCommand.class,
            ListenCommand.class,
            GatewayCommand.class,
            TopCommand.class,
            ControlCommand.class,
            SegmentCommand.class,
            SpeakCommand.class,
            GenerateCommand.class,
            InspectCommand.class,
            ExportCommand.class,
            RandomModelCommand.class,
            DoctorCommand.class,
            PlanCommand.class,
            ChaosCommand.class,
            BenchCommand.class
        })
public final class Tts implements Runnable {

    @Spec private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "show the stack trace of a failure")
    private boolean verbose;

    /** Runs one command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line, ready to execute. */
    public static CommandLine commandLine() {
        Tts tts = new Tts();
        return new CommandLine(tts)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(ErrorMessages::wrongUsage)
                .setExecutionExceptionHandler(
                        (failure, line, parsed) ->
                                ErrorMessages.failure(failure, line, tts.verbose));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
