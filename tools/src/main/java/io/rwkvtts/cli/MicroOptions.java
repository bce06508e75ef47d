package io.rwkvtts.cli;

import io.rwkvtts.bench.micro.MicroSettings;
import picocli.CommandLine.Option;

/** How JMH measures. */
final class MicroOptions {

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "2",
            converter = NonNegativeConverter.class,
            description =
                    "JVMs that measure one after another, 0 to measure in this one (default:"
                            + " ${DEFAULT-VALUE})")
    private int forks;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            defaultValue = "5",
            converter = PositiveConverter.class,
            description = "in each of them, after as many to warm up (default: ${DEFAULT-VALUE})")
    private int iterations;

    @Option(
            names = "--iteration-ms",
            paramLabel = "MS",
            defaultValue = "500",
            converter = PositiveConverter.class,
            description = "length of an iteration, milliseconds (default: ${DEFAULT-VALUE})")
    private int iterationMs;

    MicroSettings settings() {
        return new MicroSettings(forks, iterations, iterationMs);
    }
}
