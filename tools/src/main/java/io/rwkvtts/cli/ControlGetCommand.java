package io.rwkvtts.cli;

import io.rwkvtts.job.OptionKeys;
import io.rwkvtts.operator.SwitchValue;
import io.rwkvtts.operator.Switches;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tts control get}: one option. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = {"Shows the values that one option was given.", ""})
final class ControlGetCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private ControlTopicOptions control;

    @Parameters(paramLabel = "KEY", description = "the option")
    private String key;

    @Override
    public Integer call() throws IOException {
        try {
            OptionKeys.requireKnown(Map.of(key, ""));
            Switches.effect(key);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        List<SwitchValue> values = new ControlView(control.read()).values(key);
        PrintWriter out = spec.commandLine().getOut();
        if (values.isEmpty()) {
            out.println(key + " is as the job was started");
        } else {
            ControlView.print(values, out);
        }
        return CommandLine.ExitCode.OK;
    }
}
