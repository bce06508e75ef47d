package io.rwkvtts.cli;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.bench.engine.EngineTables;
import io.rwkvtts.bench.engine.QualityBench;
import io.rwkvtts.bench.engine.QualityReport;
import io.rwkvtts.bench.engine.QualityResult;
import io.rwkvtts.engine.cpu.CpuEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts bench quality}: what quantisation costs in accuracy. */
@Command(
        name = "quality",
        mixinStandardHelpOptions = true,
        description = {
            "Compare the logits of quantised weights with those of 32-bit floats, token by token of"
                    + " one sequence, which is drawn from the logits of the floats.",
            ""
        })
final class BenchQualityCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private BenchModelOptions models;
    @Mixin private JsonOption json;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "500",
            converter = PositiveConverter.class,
            description = "length of the sequence (default: ${DEFAULT-VALUE})")
    private int tokens;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            converter = SeedConverter.class,
            description = "of the sequence (default: ${DEFAULT-VALUE})")
    private long seed;

    @Override
    public Integer call() throws IOException {
        json.check();
        Surroundings surroundings = Surroundings.now();
        List<QualityResult> results = new ArrayList<>();
        for (List<BenchModel> formats : models.openWithExact()) {
            results.addAll(
                    QualityBench.run(formats, tokens, models.threads(), seed, CpuEngine::open));
        }
        QualityReport report = new QualityReport(surroundings, results);
        EngineTables.print(report, spec.commandLine().getOut());
        json.write(report);
        return 0;
    }
}
