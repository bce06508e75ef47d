package io.rwkvtts.cli;

import io.rwkvtts.bench.micro.MicroBench;
import io.rwkvtts.bench.micro.MicroTables;
import io.rwkvtts.bench.micro.TokenizerReport;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.TemporaryDirectory;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts bench tokenizer}. */
@Command(
        name = "tokenizer",
        mixinStandardHelpOptions = true,
        description = {"Measure how fast text is encoded to tokens, with JMH.", ""})
final class BenchTokenizerCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private MicroOptions micro;
    @Mixin private JsonOption json;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description = "vocabulary, .txt or .json (default: that of the demo voice)")
    private Path vocabulary;

    @Override
    public Integer call() throws IOException {
        json.check();
        try (TemporaryDirectory directory = TemporaryDirectory.create("tts-bench-")) {
            Path file =
                    vocabulary == null
                            ? DemoVoice.unpack(directory.path()).vocabulary()
                            : vocabulary;
            // Told here what is wrong with it, not by JMH.
            WorldTokenizer.load(file);
            TokenizerReport report = MicroBench.tokenizer(micro.settings(), file);
            MicroTables.print(report, spec.commandLine().getOut());
            json.write(report);
        }
        return 0;
    }
}
