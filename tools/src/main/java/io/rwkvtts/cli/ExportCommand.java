package io.rwkvtts.cli;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.job.QuantizationHelp;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts export}: makes a model directory of a checkpoint. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes a model directory of an RWKV-7 checkpoint: model.onnx with its weights beside it,"
                    + " model.json with what must be known of it, and the vocabulary.",
            "",
            "The other commands and the job take such a directory as --model; a cluster needs it on"
                    + " every TaskManager.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  tts export --model rwkv.safetensors --vocab tokenizer.json \\",
            "      --quantize int8 --out models/rwkv-int8"
        })
final class ExportCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "checkpoint: a .safetensors file or a Hugging Face directory")
    private Path model;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "the directory to make; must not exist, or be empty")
    private Path out;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description = "vocabulary to put into the directory, .txt or .json")
    private Path vocabulary;

    @Option(
            names = "--quantize",
            paramLabel = "FORMAT",
            converter = QuantizationConverter.class,
            completionCandidates = QuantizationHelp.class,
            defaultValue = "none",
            description =
                    "weights of the model: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}")
    private Quantization quantization;

    @Option(
            names = "--head-rows",
            paramLabel = "tts|all|N",
            defaultValue = "tts",
            converter = HeadRowsConverter.class,
            description =
                    "logits to compute: tts (the 8193 that speech needs), all (for 'tts inspect'"
                            + " and models of text) or the first N; default: ${DEFAULT-VALUE}")
    private int headRows;

    @Override
    public Integer call() throws IOException {
        long begin = System.nanoTime();
        ModelDirectory directory;
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            check(checkpoint.shape());
            directory =
                    ModelExporter.export(
                            checkpoint,
                            quantization,
                            headRows,
                            Optional.ofNullable(vocabulary),
                            out);
        }
        report(directory, (System.nanoTime() - begin) / 1e9);
        return 0;
    }

    private void check(ModelShape shape) {
        int rows = Math.min(headRows, shape.headRows());
        if (headRows != ModelExporter.ALL_HEAD_ROWS && headRows != rows) {
            throw new IllegalArgumentException(
                    "%s has %d head rows: expected at least the %d of --head-rows; give 'all' if it is no TTS model"
                            .formatted(model, rows, headRows));
        }
        if (vocabulary != null) {
            SpeechModel.prompts(model, shape, rows, vocabulary);
        }
    }

    private void report(ModelDirectory directory, double seconds) throws IOException {
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %s weights, %d of %d head rows, %s, %,d bytes, written in %.1f s%n",
                        directory.path(),
                        quantization == Quantization.NONE ? "32-bit" : quantization,
                        directory.headRows(),
                        directory.shape().headRows(),
                        directory
                                .vocabulary()
                                .map(file -> "vocabulary " + file.getFileName())
                                .orElse("no vocabulary (the commands that generate need --vocab)"),
                        bytes(directory.path()),
                        seconds);
        if (directory.randomSeed().isPresent()) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "Its weights are random (seed %s): its tokens are noise.%n",
                            JsonLine.seed(directory.randomSeed()));
        }
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> members = Files.list(directory)) {
            return members.mapToLong(member -> member.toFile().length()).sum();
        }
    }
}
