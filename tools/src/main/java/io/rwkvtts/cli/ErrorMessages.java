package io.rwkvtts.cli;

import io.rwkvtts.job.kafka.KafkaSetupException;
import io.rwkvtts.synthesis.RequestException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a user is told of an error. Errors that a user can do something about (a file that is not
 * there, a value out of range, a broker that doesn't answer) are one line on stderr; a stack trace
 * comes with {@code --verbose}, and with any error that was not foreseen.
 */
final class ErrorMessages {

    private ErrorMessages() {}

    /** Tells what is wrong with a command line. */
    static int wrongUsage(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(prefix(command) + error.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(error, err)) {
            err.printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
        }
        return ExitCode.USAGE;
    }

    /** Tells why a command failed. */
    static int failure(Exception error, CommandLine command, boolean verbose) {
        PrintWriter err = command.getErr();
        err.println(prefix(command) + message(error));
        if (verbose || !isForeseen(error)) {
            error.printStackTrace(err);
        }
        return ExitCode.SOFTWARE;
    }

    private static String prefix(CommandLine command) {
        return command.getCommandSpec().qualifiedName() + ": ";
    }

    private static boolean isForeseen(Exception error) {
        return error instanceof IOException
                || error instanceof UncheckedIOException
                || error instanceof IllegalArgumentException
                || error instanceof RequestException
                || error instanceof KafkaSetupException;
    }

    private static String message(Exception error) {
        if (error instanceof UncheckedIOException unchecked) {
            return message(unchecked.getCause());
        }
        if (error instanceof FileSystemException fault && fault.getReason() == null) {
            return fault.getMessage() + ": " + kind(error);
        }
        return error.getMessage() == null ? kind(error) : error.getMessage();
    }

    /** {@code NoSuchFileException}, whose message is but the file's name, as "no such file". */
    private static String kind(Exception error) {
        return error.getClass()
                .getSimpleName()
                .replaceFirst("Exception$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
