package io.rwkvtts.cli;

import io.rwkvtts.bench.load.JobBench;
import io.rwkvtts.bench.load.JobBenchSettings;
import io.rwkvtts.bench.load.JobReport;
import io.rwkvtts.bench.load.JobTables;
import io.rwkvtts.bench.load.TextLength;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts bench job}: the whole job under load. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = {
            "Measure the whole job, from Kafka to Kafka. Broker, Flink and job run in a process of"
                    + " their own, the load comes from this one.",
            "",
            "First, streams that are always busy, against the engine alone. Then requests that"
                    + " arrive at random times, at a share of the rate that busy streams get; their"
                    + " times count from when they were due.",
            ""
        })
final class BenchJobCommand implements Callable<Integer> {

    /** One second of audio a sentence, of a model that does not know when to stop. */
    private static final int TOKENS_OF_NOISE = 50;

    @Spec private CommandSpec spec;
    @Mixin private JobModelOptions model;
    @Mixin private JsonOption json;

    @Option(
            names = "--streams",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4,8,16,32",
            converter = PositiveConverter.class,
            description = "numbers of streams (default: ${DEFAULT-VALUE})")
    private List<Integer> streams;

    @Option(
            names = "--text",
            split = ",",
            paramLabel = "short|medium|long",
            defaultValue = "short,medium,long",
            description =
                    "lengths of texts: 10-50, 50-200, 200-500 tokens (default: ${DEFAULT-VALUE})")
    private List<TextLength> texts;

    @Option(
            names = "--load",
            paramLabel = "SHARE",
            defaultValue = "70%",
            converter = ShareConverter.class,
            description =
                    "share of the capacity at which requests arrive (default: ${DEFAULT-VALUE})")
    private double load;

    @Option(
            names = "--tokens-per-segment",
            paramLabel = "N",
            converter = PositiveConverter.class,
            description =
                    "semantic tokens that every segment is made to have (default: "
                            + TOKENS_OF_NOISE
                            + " with random weights; else the model decides)")
    private Integer tokensPerSegment;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            converter = PositiveConverter.class,
            description = "before each measurement (default: ${DEFAULT-VALUE})")
    private int warmUp;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "20",
            converter = PositiveConverter.class,
            description = "length of a measurement (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "10",
            converter = PositiveConverter.class,
            description =
                    "fewest requests to measure, even if it takes longer; a p95 takes 20, a p99"
                            + " 100 (default: ${DEFAULT-VALUE})")
    private int requests;

    @Override
    public Integer call() throws Exception {
        json.check();
        if (!(load > 0 && load < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--load: expected more than 0 and less than 100%");
        }
        JobReport report = new JobBench(settings()).run();
        JobTables.print(report, spec.commandLine().getOut());
        json.write(report);
        return 0;
    }

    private JobBenchSettings settings() throws Exception {
        JobModelOptions.Opened opened = model.open();
        return new JobBenchSettings(
                opened.name(),
                opened.model(),
                opened.options(),
                texts,
                streams,
                load,
                tokens(opened),
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(seconds),
                requests);
    }

    private OptionalInt tokens(JobModelOptions.Opened opened) {
        if (tokensPerSegment != null) {
            return OptionalInt.of(tokensPerSegment);
        }
        return opened.model().directory().randomSeed().isPresent()
                ? OptionalInt.of(TOKENS_OF_NOISE)
                : OptionalInt.empty();
    }
}
