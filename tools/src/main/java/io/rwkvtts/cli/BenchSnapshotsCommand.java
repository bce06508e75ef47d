package io.rwkvtts.cli;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.bench.snapshot.SnapshotBench;
import io.rwkvtts.bench.snapshot.SnapshotReport;
import io.rwkvtts.bench.snapshot.SnapshotResult;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.operator.PrefillSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts bench snapshots}: what checkpoints of running generations cost. */
@Command(
        name = "snapshots",
        mixinStandardHelpOptions = true,
        description = {
            "Measure what a checkpoint does to running generations, in both modes of"
                    + " tts.snapshot.mode: bytes, the pause between two steps, the time to continue.",
            ""
        })
final class BenchSnapshotsCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private BenchModelOptions models;
    @Mixin private JsonOption json;

    @Option(
            names = "--sequences",
            paramLabel = "N",
            defaultValue = "32",
            converter = PositiveConverter.class,
            description = "generations that run (default: ${DEFAULT-VALUE})")
    private int sequences;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "500",
            converter = PositiveConverter.class,
            description =
                    "tokens that each was fed and has generated so far (default: ${DEFAULT-VALUE})")
    private int tokens;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "10",
            converter = PositiveConverter.class,
            description = "snapshots with states to take (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Override
    public Integer call() throws IOException {
        json.check();
        Surroundings surroundings = Surroundings.now();
        List<SnapshotResult> results = new ArrayList<>();
        for (BenchModel model : models.open()) {
            EngineOptions options = new EngineOptions(sequences, models.threads(), true, false);
            try (InferenceEngine engine = CpuEngine.open(model.directory(), options)) {
                SnapshotBench bench =
                        new SnapshotBench(
                                model,
                                engine,
                                tokens,
                                rounds,
                                PrefillSettings.CHUNK_TOKENS.defaultValue());
                results.add(bench.withStates());
                results.add(bench.withTokens());
            }
        }
        SnapshotReport report = new SnapshotReport(surroundings, results);
        report.print(spec.commandLine().getOut());
        json.write(report);
        return 0;
    }
}
