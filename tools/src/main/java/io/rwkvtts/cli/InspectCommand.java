package io.rwkvtts.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts inspect}: the sizes of a model, and its logits. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells the sizes of any RWKV-7 model, TTS or not, and what it answers to tokens.",
            ""
        },
        footer = {
            "",
            "The last line on standard output is a JSON object:",
            "  naming            of the tensors: official, webrwkv or fla",
            "  n_layer (L), n_embd (D), n_head, head_size (N), n_ffn (F), vocab_rows,",
            "  head_rows, lora_ranks (w, a, g, v)",
            "                    sizes of the checkpoint",
            "  quantization      of the weights, as --quantize names it",
            "  exportedHeadRows  rows of the head that are computed: all of them,",
            "                    unless a model directory was made with fewer",
            "  parameters        numbers in all tensors",
            "  stateBytes        of one sequence: 4 L (2 D + D N)",
            "  stepWeightBytes   matrices that a step reads: the large ones,",
            "                    L (4 D D + 2 D F) + exportedHeadRows D, and the low-rank",
            "                    ones, L 2 D (w + a + g) + (L - 1) 2 D v; at 4 bytes a weight,",
            "                    or those of the quantization with its scales",
            "  weightsId         equal for equal weights, in whatever file",
            "  randomSeed        if the weights are random, and the tokens noise",
            "  top, greedy       with --tokens and --greedy",
            "",
            "Example:",
            "  tts inspect --model model.safetensors --tokens 1,2,3 --greedy 8"
        })
final class InspectCommand implements Callable<Integer> {

    private static final int TOP = 16;
    private static final int MAX_STEPS = 1_000_000;

    @Spec private CommandSpec spec;

    @Mixin private ModelOptions model;

    @Option(
            names = "--tokens",
            split = ",",
            paramLabel = "ID",
            description =
                    "feed these ids to an empty state; adds top, the 16 largest logits after them"
                            + " as [id, logit], over all rows of the head")
    private int[] tokens;

    @Option(
            names = "--greedy",
            paramLabel = "N",
            description =
                    "then feed the id of the largest logit, N times (the lowest id on ties); adds"
                            + " greedy, these ids")
    private Integer greedy;

    /** What is printed. */
    private record Inspection(
            @JsonUnwrapped ModelFacts model, List<List<Number>> top, int[] greedy) {}

    @Override
    public Integer call() throws IOException {
        checkOptions();
        Inspection inspection =
                tokens == null ? new Inspection(facts(), null, null) : answer(directory());
        if (inspection.model().randomSeed() != null) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "The weights of %s are random (seed %s): its tokens are noise.%n",
                            model.model(), inspection.model().randomSeed());
        }
        JsonLine.print(spec.commandLine().getOut(), inspection);
        return 0;
    }

    private void checkOptions() {
        if (greedy == null) {
            return;
        }
        if (tokens == null) {
            throw new ParameterException(
                    spec.commandLine(), "--greedy continues from a prompt: give --tokens, too");
        }
        if (greedy < 1 || greedy > MAX_STEPS) {
            throw new ParameterException(
                    spec.commandLine(), "--greedy is " + greedy + ", expected 1 to " + MAX_STEPS);
        }
    }

    /** A checkpoint need not be exported for these. */
    private ModelFacts facts() throws IOException {
        if (ModelDirectory.isModelDirectory(model.model())) {
            return ModelFacts.of(directory());
        }
        try (Checkpoint checkpoint = Checkpoint.open(model.model())) {
            return ModelFacts.of(checkpoint, model.quantization().orElse(Quantization.NONE));
        }
    }

    private ModelDirectory directory() throws IOException {
        return model.cache().open(model.model(), model.quantization(), ModelExporter.ALL_HEAD_ROWS);
    }

    private Inspection answer(ModelDirectory directory) throws IOException {
        try (InferenceEngine engine = model.open(directory)) {
            LogitProbe probe = new LogitProbe(engine);
            probe.feed(tokens);
            return new Inspection(
                    ModelFacts.of(directory),
                    probe.largest(TOP),
                    greedy == null ? null : probe.greedy(greedy));
        }
    }
}
