package io.rwkvtts.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts control}: options of a running job. */
@Command(
        name = "control",
        mixinStandardHelpOptions = true,
        description = {
            "Changes options of a job that runs with a control topic (tts.kafka.control-topic), and"
                    + " shows what has been changed.",
            ""
        },
        subcommands = {
            ControlSetCommand.class,
            ControlGetCommand.class,
            ControlListCommand.class,
            ControlReportCommand.class
        })
final class ControlCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
