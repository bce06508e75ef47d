package io.rwkvtts.cli;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.job.QuantizationHelp;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.text.Segmenter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model of a command that has one of its own, the demo voice. */
final class SpeechModelOptions {

    @Option(
            names = "--model",
            paramLabel = "DIR|FILE.safetensors",
            description =
                    "model directory made by 'tts export', or a checkpoint, which is exported into"
                            + " the cache on first use (default: the demo voice)")
    private Path model;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description =
                    "its vocabulary, .txt or .json; not needed for a model directory that holds"
                            + " one")
    private Path vocabulary;

    @Option(
            names = "--quantize",
            paramLabel = "FORMAT",
            converter = QuantizationConverter.class,
            completionCandidates = QuantizationHelp.class,
            description = "weights of a checkpoint: ${COMPLETION-CANDIDATES}; default: none")
    private Quantization quantization;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "threads that compute; the results do not depend on it (default: all ${DEFAULT-VALUE})")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin private DeviceOptions device = new DeviceOptions();

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "where exported checkpoints are kept (default: flink-rwkv-tts in"
                            + " $$XDG_CACHE_HOME or ~/.cache)")
    private Path cache;

    ModelCache cache() {
        return cache == null ? ModelCache.ofUser() : new ModelCache(cache);
    }

    /** Whether it is the demo voice. */
    boolean demo() {
        return model == null;
    }

    /** Characters of a segment that the model reads well. */
    int maxUnits() {
        return demo() ? DemoVoice.MAX_UNITS : Segmenter.DEFAULT_MAX_UNITS;
    }

    SpeechModel open() throws IOException {
        return demo()
                ? DemoVoice.model(cache(), device.ofDemoVoice(Optional.ofNullable(quantization)))
                : SpeechModel.open(
                        model,
                        Optional.ofNullable(vocabulary),
                        Optional.ofNullable(quantization),
                        cache());
    }

    /** An engine for one sequence. */
    InferenceEngine engine(SpeechModel speech) throws IOException {
        return device.open(speech.forms(), threads);
    }
}
