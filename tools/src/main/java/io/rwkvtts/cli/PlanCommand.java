package io.rwkvtts.cli;

import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.bench.load.JobReport;
import io.rwkvtts.bench.load.TextLength;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.job.EngineSettings;
import io.rwkvtts.job.MemoryNeed;
import io.rwkvtts.job.QuantizationHelp;
import io.rwkvtts.local.RandomModel;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.plan.BuiltInMeasurements;
import io.rwkvtts.plan.CheckReport;
import io.rwkvtts.plan.EngineLoad;
import io.rwkvtts.plan.Limits;
import io.rwkvtts.plan.MeasurementFiles;
import io.rwkvtts.plan.Measurements;
import io.rwkvtts.plan.ModelMemory;
import io.rwkvtts.plan.Objectives;
import io.rwkvtts.plan.Plan;
import io.rwkvtts.plan.PlanReport;
import io.rwkvtts.plan.PlanTables;
import io.rwkvtts.plan.Planner;
import io.rwkvtts.plan.SimulationResult;
import io.rwkvtts.plan.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts plan}: from listeners to machines. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "How many machines a number of listeners takes, with which slots and parallelism, what"
                    + " goes through Kafka and into checkpoints, and what breaks first.",
            "",
            "A simulation of one engine looks for the load that it still bears, from measured times"
                    + " of its calls. With --check it repeats the loads of a bench job instead.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tts plan --listeners 1000 --model random:0.1b",
            "  tts plan --listeners 1000 --measurements engine.json --job job.json"
        })
final class PlanCommand implements Callable<Integer> {

    private static final double MEGA = 1e6;

    @Spec private CommandSpec spec;
    @Mixin private JsonOption json;

    @Option(
            names = "--listeners",
            paramLabel = "N",
            converter = PositiveConverter.class,
            description = "who hear speech at once, without a pause between two requests")
    private Integer listeners;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "random:0.1b",
            description =
                    "its name in the measurements; random:0.1b and random:0.4b are built in"
                            + " (default: ${DEFAULT-VALUE})")
    private String model;

    @Option(
            names = "--quantize",
            paramLabel = "FORMAT",
            converter = QuantizationConverter.class,
            completionCandidates = QuantizationHelp.class,
            defaultValue = "int8-native",
            description =
                    "weights of the model: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}")
    private Quantization format;

    @Option(
            names = "--measurements",
            paramLabel = "FILE",
            description =
                    "what 'tts bench engine --json' wrote on the machine to plan with (default:"
                            + " figures that are built in)")
    private Path engineFile;

    @Option(
            names = "--job",
            paramLabel = "FILE",
            description = "also what 'tts bench job --json' wrote there: nearer to the truth")
    private Path jobFile;

    @Option(
            names = "--text",
            paramLabel = "short|medium|long",
            defaultValue = "short",
            description = "texts of 10-50, 50-200, 200-500 tokens (default: ${DEFAULT-VALUE})")
    private TextLength text;

    @Option(
            names = "--first-chunk",
            paramLabel = "MS",
            defaultValue = "1000",
            converter = PositiveConverter.class,
            description =
                    "time in which 95 of 100 first chunks are to come (default: ${DEFAULT-VALUE})")
    private int firstChunkMs;

    @Option(
            names = "--continuous",
            paramLabel = "SHARE",
            defaultValue = "95%",
            converter = ShareConverter.class,
            description =
                    "share of the listeners who are never to wait longer than 100 ms (default:"
                            + " ${DEFAULT-VALUE})")
    private double continuous;

    @Option(
            names = "--reserve",
            paramLabel = "SHARE",
            defaultValue = "25%",
            converter = ShareConverter.class,
            description =
                    "share by which the load may still grow; also for what the simulation leaves"
                            + " out (default: ${DEFAULT-VALUE})")
    private double reserve;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "SECONDS",
            defaultValue = "5",
            converter = PositiveConverter.class,
            description = "time between two checkpoints (default: ${DEFAULT-VALUE})")
    private int checkpointSeconds;

    @Option(
            names = "--machine-memory",
            paramLabel = "MB",
            defaultValue = "4000",
            converter = PositiveConverter.class,
            description = "memory of a machine (default: ${DEFAULT-VALUE})")
    private int machineMegabytes;

    @Option(
            names = "--checkpoint-storage",
            paramLabel = "MB/S",
            defaultValue = "200",
            converter = PositiveConverter.class,
            description = "what the storage of checkpoints takes (default: ${DEFAULT-VALUE})")
    private int storageMegabytes;

    @Option(
            names = "--kafka-broker",
            paramLabel = "MB/S",
            defaultValue = "50",
            converter = PositiveConverter.class,
            description = "what one broker takes from its producers (default: ${DEFAULT-VALUE})")
    private int brokerMegabytes;

    @Option(
            names = "--check",
            description =
                    "simulate the loads of the bench job (--job) and show how far off that is")
    private boolean check;

    @Option(
            names = "--tokens-per-segment",
            paramLabel = "N",
            defaultValue = "50",
            converter = PositiveConverter.class,
            description =
                    "with --check: semantic tokens that the bench job gave a segment (default:"
                            + " ${DEFAULT-VALUE})")
    private int tokensPerSegment;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "of the simulation (default: ${DEFAULT-VALUE})")
    private long seed;

    @Override
    public Integer call() throws IOException {
        json.check();
        Optional<MeasurementFiles> files = files();
        if (check) {
            check(files);
        } else {
            plan(files);
        }
        return 0;
    }

    private Optional<MeasurementFiles> files() throws IOException {
        if (engineFile == null) {
            if (jobFile != null) {
                throw wrong("--job needs --measurements, which has the times of prefill");
            }
            return Optional.empty();
        }
        return Optional.of(MeasurementFiles.read(engineFile, Optional.ofNullable(jobFile)));
    }

    private void check(Optional<MeasurementFiles> files) throws IOException {
        JobReport job =
                files.flatMap(MeasurementFiles::job)
                        .orElseThrow(() -> wrong("--check needs --measurements and --job"));
        int slots =
                Math.max(
                        EngineSettings.SLOTS.defaultValue(),
                        job.saturated().stream().mapToInt(one -> one.streams()).max().orElse(1));
        CheckReport report = CheckReport.of(costs(files), job, slots, tokensPerSegment);
        PlanTables.print(report, spec.commandLine().getOut());
        json.write(report);
    }

    private void plan(Optional<MeasurementFiles> files) throws IOException {
        if (listeners == null) {
            throw wrong("--listeners is missing");
        }
        Measurements costs = costs(files);
        Texts texts = Texts.spoken(text.fewest(), text.most());
        Objectives objectives = new Objectives(firstChunkMs, continuous, reserve);
        Planner planner = new Planner(costs, texts, objectives, seed);
        EngineLoad engine = planner.most().orElseThrow(() -> impossible(planner.idle()));
        Limits limits =
                new Limits(
                        machineMegabytes * MEGA,
                        storageMegabytes * MEGA,
                        brokerMegabytes * MEGA,
                        EngineSettings.MAX_PARALLELISM.defaultValue(),
                        checkpointSeconds);
        PlanReport report =
                new PlanReport(
                        costs,
                        texts,
                        objectives,
                        limits,
                        Plan.of(listeners, engine, texts, memory(), limits));
        PlanTables.print(report, spec.commandLine().getOut());
        json.write(report);
    }

    private Measurements costs(Optional<MeasurementFiles> files) {
        String label = BenchModel.label(format);
        return files.map(all -> all.of(model, label))
                .orElseGet(() -> BuiltInMeasurements.of(model, label));
    }

    private ModelMemory memory() throws IOException {
        Optional<RandomModel> random = RandomModel.named(model);
        ModelShape shape =
                random.isPresent()
                        ? random.get().shape()
                        : ModelDirectory.open(Path.of(model)).shape();
        return new ModelMemory(
                shape.stateFloats() * Float.BYTES,
                slots ->
                        MemoryNeed.withDefaults(shape, shape.headRows(), format, slots)
                                .processBytes());
    }

    private IllegalArgumentException impossible(SimulationResult idle) {
        return new IllegalArgumentException(
                "no number of machines meets this: one that is hardly used has a first chunk p95 of %.0f ms (--first-chunk is %d), and %.0f %% of the listeners hear it without a pause (--continuous is %.0f %%)"
                        .formatted(
                                idle.firstChunkP95Ms(),
                                firstChunkMs,
                                idle.continuous() * 100,
                                continuous * 100));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
