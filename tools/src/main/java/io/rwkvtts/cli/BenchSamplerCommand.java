package io.rwkvtts.cli;

import io.rwkvtts.bench.micro.MicroBench;
import io.rwkvtts.bench.micro.MicroTables;
import io.rwkvtts.bench.micro.SamplerReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tts bench sampler}. */
@Command(
        name = "sampler",
        mixinStandardHelpOptions = true,
        description = {"Measure how long a token is drawn from 8193 logits, with JMH.", ""})
final class BenchSamplerCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private MicroOptions micro;
    @Mixin private JsonOption json;

    @Override
    public Integer call() throws IOException {
        json.check();
        SamplerReport report = MicroBench.sampler(micro.settings());
        MicroTables.print(report, spec.commandLine().getOut());
        json.write(report);
        return 0;
    }
}
