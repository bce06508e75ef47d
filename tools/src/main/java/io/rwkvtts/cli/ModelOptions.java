package io.rwkvtts.cli;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.job.QuantizationHelp;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model of a command that runs one, and how it is run. */
final class ModelOptions {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR|FILE.safetensors",
            description =
                    "model directory made by 'tts export', or a checkpoint (a .safetensors file or"
                            + " a Hugging Face directory), which is exported into the cache on"
                            + " first use")
    private Path model;

    @Option(
            names = "--quantize",
            paramLabel = "FORMAT",
            converter = QuantizationConverter.class,
            completionCandidates = QuantizationHelp.class,
            description =
                    "weights of a checkpoint: ${COMPLETION-CANDIDATES}; default: none. A model"
                            + " directory has its own and refuses another")
    private Quantization quantization;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "where exported checkpoints are kept (default: flink-rwkv-tts in"
                            + " $$XDG_CACHE_HOME or ~/.cache)")
    private Path cache;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "threads that compute; the results do not depend on it (default: all ${DEFAULT-VALUE})")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin private DeviceOptions device = new DeviceOptions();

    Path model() {
        return model;
    }

    Optional<Quantization> quantization() {
        return Optional.ofNullable(quantization);
    }

    ModelCache cache() {
        return cache == null ? ModelCache.ofUser() : new ModelCache(cache);
    }

    /** An engine for one sequence. */
    InferenceEngine open(ModelDirectory directory) throws IOException {
        return device.open(ModelForms.of(model, directory, cache()), threads);
    }
}
