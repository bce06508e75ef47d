package io.rwkvtts.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tts control list}: all that was changed. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists all values that options were given, each with the timestamp of the first requests"
                    + " that it holds for, and the records that change nothing.",
            ""
        })
final class ControlListCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private ControlTopicOptions control;

    @Override
    public Integer call() throws IOException {
        ControlView view = new ControlView(control.read());
        PrintWriter out = spec.commandLine().getOut();
        if (view.values().isEmpty()) {
            out.println("all options are as the job was started");
        } else {
            ControlView.print(view.values(), out);
        }
        view.refused().forEach(out::println);
        return CommandLine.ExitCode.OK;
    }
}
