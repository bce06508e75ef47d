package io.rwkvtts.cli;

import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.job.QuantizationHelp;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The models of a benchmark, and how they are run. */
final class BenchModelOptions {

    @Option(
            names = {"--model", "--shape"},
            split = ",",
            paramLabel = "MODEL",
            defaultValue = "random:0.1b,random:0.4b",
            description =
                    "one or more of random:0.1b (12 layers x 768), random:0.4b (24 x 1024),"
                            + " random:LAYERSxWIDTH, a checkpoint, a model directory; random"
                            + " weights are made in the cache on first use (default:"
                            + " ${DEFAULT-VALUE})")
    private List<String> models;

    @Option(
            names = "--quantize",
            split = ",",
            paramLabel = "FORMAT",
            converter = QuantizationConverter.class,
            completionCandidates = QuantizationHelp.class,
            description =
                    "one or more forms of the weights: ${COMPLETION-CANDIDATES} (default: all that"
                            + " this build has; of a model directory its own)")
    private List<Quantization> formats = List.of();

    @Mixin private BenchCacheOption cache;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = PositiveConverter.class,
            description = "threads that compute (default: all ${DEFAULT-VALUE})")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** Opens the models, of which some may have to be made. */
    List<BenchModel> open() throws IOException {
        List<BenchModel> opened = new ArrayList<>();
        for (String model : models) {
            opened.addAll(BenchModel.open(model, formats, cache()));
        }
        return opened;
    }

    /**
     * Opens the one model that is measured on a CUDA device, in its form for that.
     *
     * @throws IllegalArgumentException if it is more than one, or asked for in another format
     */
    List<BenchModel> openForCuda() throws IOException {
        Quantization asked = formats.isEmpty() ? Quantization.INT8_NATIVE : formats.get(0);
        Optional<Quantization> form = asked.onCuda();
        if (models.size() != 1 || formats.size() > 1 || form.isEmpty()) {
            throw new IllegalArgumentException(
                    "a CUDA device has room for one engine at a time: expected one --model, and no --quantize or one of %s"
                            .formatted(String.join(", ", Quantization.takenByCuda())));
        }
        return BenchModel.open(models.get(0), List.of(form.get()), cache());
    }

    /** Opens each model as 32-bit floats and then in the other formats wanted. */
    List<List<BenchModel>> openWithExact() throws IOException {
        List<List<BenchModel>> opened = new ArrayList<>();
        for (String model : models) {
            opened.add(BenchModel.openWithExact(model, formats, cache()));
        }
        return opened;
    }

    ModelCache cache() {
        return cache.open();
    }

    int threads() {
        return threads;
    }
}
