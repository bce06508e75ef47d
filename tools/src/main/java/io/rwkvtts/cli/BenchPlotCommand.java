package io.rwkvtts.cli;

import io.rwkvtts.bench.JsonFile;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.bench.load.JobReport;
import io.rwkvtts.bench.plot.PerformancePicture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tts bench plot}: the picture of the documentation. */
@Command(
        name = "plot",
        mixinStandardHelpOptions = true,
        description = {
            "Draw what was measured: tokens per second over the batch, time to the first chunk over"
                    + " the streams.",
            ""
        })
final class BenchPlotCommand implements Callable<Integer> {

    @Option(
            names = "--engine",
            required = true,
            paramLabel = "FILE",
            description = "what 'tts bench engine --json' wrote")
    private Path engine;

    @Option(
            names = "--job",
            required = true,
            paramLabel = "FILE",
            description = "what 'tts bench job --json' wrote")
    private Path job;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE.svg",
            description = "the picture; one that is there is replaced")
    private Path out;

    @Override
    public Integer call() throws IOException {
        JsonFile.requireWritable(out);
        Files.writeString(
                out,
                PerformancePicture.svg(
                        JsonFile.read(engine, EngineReport.class),
                        JsonFile.read(job, JobReport.class)));
        return 0;
    }
}
