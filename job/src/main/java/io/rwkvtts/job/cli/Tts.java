package io.rwkvtts.job.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line {@code tts}. Exit status: 0 success, 1 failure, 2 wrong usage. A failure is one
 * line on standard error that says what to do; {@code --verbose} adds the stack trace.
 */
@Command(
        name = "tts",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Streaming speech synthesis with RWKV-7 on Apache Flink and ONNX Runtime.",
        subcommands = {RunCommand.class})
public final class Tts implements Runnable {

    @Spec private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "show the stack trace of a failure")
    private boolean verbose;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line, ready to execute. */
    public static CommandLine commandLine() {
        Tts tts = new Tts();
        return new CommandLine(tts)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> tts.report(failure, line));
    }

    private int report(Exception failure, CommandLine line) {
        line.getErr().println(line.getColorScheme().errorText("tts: " + message(failure)));
        if (verbose) {
            failure.printStackTrace(line.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Exception failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
