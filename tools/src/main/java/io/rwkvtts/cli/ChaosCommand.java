package io.rwkvtts.cli;

import io.rwkvtts.chaos.ChaosReport;
import io.rwkvtts.chaos.ChaosResult;
import io.rwkvtts.chaos.ChaosRun;
import io.rwkvtts.chaos.ChaosSettings;
import io.rwkvtts.chaos.FakeClock;
import io.rwkvtts.chaos.FaultKind;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.job.OptionKeys;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.local.RandomModel;
import io.rwkvtts.local.TemporaryDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts chaos}: strikes real processes in mid-word and compares what a consumer saw. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Starts Kafka, a ZooKeeper, two Flink JobManagers, of which one stands by, and two",
            "TaskManagers as processes of this machine, sends requests to the job on them, and strikes",
            "it in mid-word. Then compares what a consumer saw with an undisturbed run of the same",
            "requests, token by token.",
            "",
            "With --kills: kill -9 of a TaskManager, of the broker, of the JobManager that leads; stop",
            "with savepoint and restore at another parallelism. With --faults also processes that are",
            "paused, a link to the broker that is cut, a stop during a failover, two kills at once,",
            "damaged checkpoints, and clocks that jump.",
            "What was killed is started again, what was paused continues, what was cut is healed.",
            "With -D tts.audio.decoder=FILE the job makes sound, too, which is compared sample by",
            "sample.",
            "",
            "Ends with status 1 if a token was lost, duplicated or changed, or fewer faults than",
            "wanted struck running generations.",
            ""
        },
        footer = {
            "",
            "Kinds of faults:",
            "  kill-task-manager, kill-broker",
            "  kill-job-manager      the one that leads; so it is with the other faults of one",
            "  kill-leader           the broker that leads a partition of running generations",
            "  kill-task-managers    both, 1 to 2 s apart",
            "  kill-broker-and-task-manager, kill-job-manager-and-task-manager",
            "                        up to 0.2 s apart",
            "  kill-at-first-chunk, kill-at-last-chunk",
            "                        a TaskManager, when the first chunk of a request has come, or all",
            "                        but the last",
            "  flip-state, cut-state the newest checkpoint is damaged, and a TaskManager or the",
            "                        JobManager killed; the job must end and name the file, and is",
            "                        continued from the checkpoint that its error names",
            "  flip-metadata         the same with its _metadata and a job that was ended",
            "  rescale               stop with savepoint, restore at another parallelism",
            "  rescale-in-failover   the same while a TaskManager or the JobManager dies",
            "  pause-task-manager    for less than the heartbeat timeout",
            "  pause-until-replaced  for longer, so that it wakes when another one has taken over",
            "  pause-job-manager     for longer than its ZooKeeper session, until the other one leads",
            "  pause-task-manager-long, pause-job-manager-long",
            "                        for 60 s",
            "  pause-broker          for up to 4 s longer than the delivery timeout",
            "  pause-zookeeper       for longer than a session; processes that end are started again",
            "  reject, drop          connections between job and broker are reset and refused, or",
            "                        stay open and silent; for less than the delivery timeout",
            "  reject-long, drop-long  the same for up to 6 s longer than the delivery timeout",
            "  drop-requests, drop-responses",
            "                        only what the job sends is dropped, or what the broker sends; for",
            "                        less than the delivery timeout",
            "  clock-forward, clock-back  the clock of a TaskManager is an hour fast or slow for some",
            "                        seconds; needs libfaketime (Debian: faketime), not with --streaming",
            "Checkpoints are damaged with at-least-once only: with exactly-once an older one repeats",
            "what was committed since.",
            "Without --delivery-timeout no record fails, and 30 s, a producer's request timeout, is",
            "taken in its place.",
            "",
            "Unless -D tts.model is given, the model has random weights: 12 layers x 768, 8-bit, made",
            "in the cache on first use.",
            "A fault that strikes no running generation is shown in brackets and does not count.",
            "recovery: from the fault, or from the end of a pause or cut, to the first chunk written",
            "by the job as it is after it. A process that is replaced counts from the pause."
        })
final class ChaosCommand implements Callable<Integer> {

    /** As many as it takes for generations to run whenever a fault strikes. */
    private static final int REQUESTS_PER_FAULT = 10;

    private static final int FEWEST_REQUESTS = 24;

    @Spec private CommandSpec spec;

    @ArgGroup private Number number = new Number();

    /** One of the two ways to set the number of faults. */
    private static final class Number {

        @Option(
                names = "--kills",
                paramLabel = "N",
                defaultValue = "5",
                description = "kills and rescales to strike (default: ${DEFAULT-VALUE})")
        private int kills = 5;

        @Option(
                names = "--faults",
                paramLabel = "N",
                description = "faults to strike, of all kinds or those of --kinds")
        private Integer faults;
    }

    @Option(
            names = "--kinds",
            paramLabel = "KIND,KIND",
            description =
                    "kinds of the faults of --faults, see below (default: all that can strike here)")
    private String kinds;

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
            names = "--delivery-timeout",
            paramLabel = "TIME",
            converter = DeliveryTimeoutConverter.class,
            description =
                    "after which the job's producers give a record up, such as 20s; at half of it a"
                            + " request is sent again (default: the job's)")
    private Duration deliveryTimeout;

    @Option(
            names = "--streaming",
            description =
                    "every fourth request comes sentence by sentence, seconds apart; the idle"
                            + " timeout is a little longer than the longest cut unless -D sets"
                            + " tts.request.idle-timeout, and a TaskManager that is replaced sleeps"
                            + " for longer than that")
    private boolean streaming;

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
            description = "subtasks that generate at first (default: ${DEFAULT-VALUE})")
    private int parallelism;

    @Option(
            names = "--brokers",
            paramLabel = "1|3",
            defaultValue = "1",
            description =
                    "Kafka brokers; with 3, topics have 3 replicas, of which 2 must have a record"
                            + " (default: ${DEFAULT-VALUE})")
    private int brokers;

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
        kinds();
        atLeastOne(number.faults == null ? "--kills" : "--faults", faults());
        atLeastOne("--parallelism", parallelism);
        if (brokers != 1 && brokers != 3) {
            throw new ParameterException(
                    spec.commandLine(), "--brokers is " + brokers + ", expected 1 or 3");
        }
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
                configuration.contains(SpeechModel.MODEL)
                        ? SpeechModel.from(configuration)
                        : RandomModel.SMALLEST_PUBLIC.open(
                                SpeechModel.cache(configuration), randomFormat(configuration));
        return new ChaosSettings(
                faults(),
                kinds(),
                seed,
                guarantee(),
                Optional.ofNullable(deliveryTimeout),
                requests == null
                        ? Math.max(FEWEST_REQUESTS, REQUESTS_PER_FAULT * faults())
                        : requests,
                streaming,
                parallelism,
                brokers,
                model,
                configuration,
                directory);
    }

    /** That of the option, else the fastest of 8 bits that this build has. */
    private static Quantization randomFormat(Configuration configuration) {
        return SpeechModel.quantization(configuration)
                .orElse(
                        CpuEngine.supports(Quantization.INT8_NATIVE)
                                ? Quantization.INT8_NATIVE
                                : Quantization.INT8);
    }

    private int faults() {
        return number.faults == null ? number.kills : number.faults;
    }

    private List<FaultKind> kinds() {
        if (number.faults == null) {
            if (kinds != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--kinds is given without --faults, expected both: --kills has kinds of its"
                                + " own");
            }
            return FaultKind.KILLS;
        }
        if (kinds == null) {
            return FaultKind.ALL.stream().filter(kind -> obstacle(kind).isEmpty()).toList();
        }
        List<FaultKind> named;
        try {
            named = FaultKind.parse(kinds);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--kinds: " + e.getMessage(), e);
        }
        for (FaultKind kind : named) {
            obstacle(kind)
                    .ifPresent(
                            why -> {
                                throw new ParameterException(
                                        spec.commandLine(),
                                        "--kinds: %s cannot strike: %s"
                                                .formatted(kind.label(), why));
                            });
        }
        return named;
    }

    private Optional<String> obstacle(FaultKind kind) {
        return kind.obstacle(guarantee(), streaming, FakeClock.library());
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
