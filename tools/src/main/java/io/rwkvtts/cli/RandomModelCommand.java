package io.rwkvtts.cli;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.OfficialTensors;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts random-model}: a checkpoint to measure with where no trained one is at hand. */
@Command(
        name = "random-model",
        description = {
            "Write an RWKV-7 checkpoint with random weights.",
            "",
            "It has the cost of a trained model of its shape, but its tokens are noise. Heads are"
                    + " of size 64, all other sizes in the proportions of the public models. The"
                    + " same options give the same bytes on every machine.",
            ""
        },
        mixinStandardHelpOptions = true)
final class RandomModelCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--layers",
            required = true,
            paramLabel = "N",
            description = "Number of layers (the public models: 12 for 0.1B, 24 for 0.4B).")
    private int layers;

    @Option(
            names = "--dim",
            required = true,
            paramLabel = "N",
            description = "Model width, a multiple of 64 (0.1B: 768, 0.4B: 1024).")
    private int dim;

    @Option(
            names = "--vocab-rows",
            required = true,
            paramLabel = "N",
            description = "Rows of the embedding table (TTS with the World vocabulary: 77923).")
    private int vocabRows;

    @Option(
            names = "--head-rows",
            paramLabel = "N",
            description = "Rows of the output head (TTS uses 8193); as --vocab-rows if not given.")
    private Integer headRows;

    @Option(
            names = "--dtype",
            defaultValue = "F16",
            paramLabel = "TYPE",
            description = "One of ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private TensorType type;

    @Option(
            names = "--seed",
            defaultValue = "0",
            paramLabel = "N",
            converter = SeedConverter.class,
            description = "Unsigned 64-bit seed of the weights; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE.safetensors",
            description = "The file to write; one that is there is replaced.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        ModelShape shape = shape();
        RandomCheckpoint.write(out, shape, type, seed);
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %d layers x %d, %,d random weights of seed %s in %s, %,d bytes; its tokens are noise%n",
                        out,
                        shape.layers(),
                        shape.width(),
                        OfficialTensors.parameters(shape),
                        Long.toUnsignedString(seed),
                        type,
                        Files.size(out));
        return 0;
    }

    private ModelShape shape() {
        try {
            return ModelShape.proportioned(
                    layers, dim, vocabRows, headRows == null ? vocabRows : headRows);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no model of --layers %d, --dim %d, --vocab-rows %d, --head-rows %s: %s"
                            .formatted(layers, dim, vocabRows, headRows, e.getMessage()));
        }
    }
}
