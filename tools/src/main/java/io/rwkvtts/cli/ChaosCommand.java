package io.rwkvtts.cli;

import io.rwkvtts.chaos.ChaosReport;
import io.rwkvtts.chaos.ChaosResult;
import io.rwkvtts.chaos.ChaosRun;
import io.rwkvtts.chaos.ChaosSettings;
import io.rwkvtts.job.OptionKeys;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.SynthesisOptions;
import io.rwkvtts.local.RandomModel;
import io.rwkvtts.local.TemporaryDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts chaos}: kills real processes in mid-word and compares what a consumer saw. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a Kafka broker, a ZooKeeper, a Flink JobManager and two TaskManagers as processes",
            "of this machine, sends requests to the job on them, and strikes it in mid-word: kill -9",
            "of a TaskManager, of the broker, of the JobManager; stop with savepoint and restore at",
            "another parallelism. What was killed is started again. Then compares what a consumer",
            "saw with an undisturbed run of the same requests, token by token.",
            "",
            "Ends with status 1 if a token was lost, duplicated or changed, or fewer faults than",
            "wanted struck running generations.",
            ""
        },
        footer = {
            "",
            "Unless -D tts.model is given, the model has random weights: 12 layers x 768, 8-bit, made",
            "in the cache on first use.",
            "A fault that strikes no running generation is shown in brackets and does not count.",
            "recovery: from the fault to the first chunk written by what was started after it."
        })
final class ChaosCommand implements Callable<Integer> {

    /** So many that generations run whenever a fault strikes. */
    private static final int REQUESTS_PER_FAULT = 10;

    private static final int FEWEST_REQUESTS = 24;

    @Spec private CommandSpec spec;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "5",
            description = "faults to strike (default: ${DEFAULT-VALUE})")
    private int kills;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            converter = SeedConverter.class,
            description = "of requests, faults and their times (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--delivery",
            paramLabel = "at-least-once|exactly-once",
            defaultValue = "at-least-once",
            description = "delivery guarantee of the job (default: ${DEFAULT-VALUE})")
    private String delivery;

    @Option(
            names = "--requests",
            paramLabel = "R",
            description =
                    "requests to send (default: "
                            + REQUESTS_PER_FAULT
                            + " a fault, at least "
                            + FEWEST_REQUESTS
                            + ")")
    private Integer requests;

    @Option(
            names = "--parallelism",
            paramLabel = "P",
            defaultValue = "1",
            description = "subtasks that speak at first (default: ${DEFAULT-VALUE})")
    private int parallelism;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "any option of the job or of Flink, among them tts.model")
    private Map<String, String> options = new TreeMap<>();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description =
                    "empty or new directory for data and logs of the processes, which are kept"
                            + " (default: a temporary one, deleted unless the run fails)")
    private Path directory;

    private volatile boolean ended;

    @Override
    public Integer call() throws Exception {
        check();
        if (directory != null) {
            return run(newDirectory(), () -> {});
        }
        TemporaryDirectory temporary = TemporaryDirectory.create("tts-chaos-");
        return run(temporary.path(), temporary::close);
    }

    /**
     * Runs and reports.
     *
     * @param data for data and logs
     * @param discard what to do with them when nothing is to be found out from them
     */
    private int run(Path data, Runnable discard) throws Exception {
        ChaosReport report = new ChaosReport(spec.commandLine().getOut());
        try (ChaosRun run = new ChaosRun(settings(data), report)) {
            Thread onSignal = new Thread(() -> interrupt(run, discard), "end-chaos");
            Runtime.getRuntime().addShutdownHook(onSignal);
            try {
                ChaosResult result = run.execute();
                report.result(result);
                if (!result.passed()) {
                    return CommandLine.ExitCode.SOFTWARE;
                }
            } finally {
                ended = true;
            }
        }
        discard.run();
        return CommandLine.ExitCode.OK;
    }

    /** On Ctrl-C; an ordinary end of the process comes by here, too. */
    private void interrupt(ChaosRun run, Runnable discard) {
        run.close();
        if (!ended) {
            discard.run();
        }
    }

    private Path newDirectory() throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--directory %s is not empty, expected an empty or new directory"
                                .formatted(directory));
            }
        }
        return directory.toAbsolutePath();
    }

    private void check() {
        guarantee();
        atLeastOne("--kills", kills);
        atLeastOne("--parallelism", parallelism);
        if (requests != null) {
            atLeastOne("--requests", requests);
        }
    }

    private void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", expected at least 1");
        }
    }

    private ChaosSettings settings(Path directory) throws Exception {
        OptionKeys.requireKnown(options);
        Configuration configuration = Configuration.fromMap(options);
        SpeechModel model =
                configuration.contains(SynthesisOptions.MODEL)
                        ? SpeechModel.from(configuration)
                        : RandomModel.SMALLEST_PUBLIC.open(
                                SpeechModel.cache(configuration), Quantization.INT8);
        return new ChaosSettings(
                kills,
                seed,
                guarantee(),
                requests == null ? Math.max(FEWEST_REQUESTS, REQUESTS_PER_FAULT * kills) : requests,
                parallelism,
                model,
                configuration,
                directory);
    }

    private DeliveryGuarantee guarantee() {
        return switch (delivery) {
            case "at-least-once" -> DeliveryGuarantee.AT_LEAST_ONCE;
            case "exactly-once" -> DeliveryGuarantee.EXACTLY_ONCE;
            default ->
                    throw new ParameterException(
                            spec.commandLine(),
                            "--delivery is '%s', expected at-least-once or exactly-once"
                                    .formatted(delivery));
        };
    }
}
