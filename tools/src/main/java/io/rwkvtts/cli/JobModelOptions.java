package io.rwkvtts.cli;

import io.rwkvtts.job.DeviceSettings;
import io.rwkvtts.job.OptionKeys;
import io.rwkvtts.job.QuantizationHelp;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.RandomModel;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/** The job of a benchmark and the model that it generates with. */
final class JobModelOptions {

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "random:0.4b",
            description =
                    "random:0.1b, random:0.4b, random:LAYERSxWIDTH, or demo for the demo voice;"
                            + " -D tts.model for any other (default: ${DEFAULT-VALUE})")
    private String model;

    @Option(
            names = "--quantize",
            paramLabel = "FORMAT",
            converter = QuantizationConverter.class,
            completionCandidates = QuantizationHelp.class,
            defaultValue = "int8",
            description =
                    "weights of the model: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}")
    private Quantization format;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda",
            description =
                    "what the engines compute on (tts.device); cuda does not take all weights")
    private String device;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "any option of the job or of Flink")
    private Map<String, String> options = new TreeMap<>();

    /**
     * A model that is ready to generate.
     *
     * @param name as the user gave it
     * @param model the model
     * @param options of the job, that lead to it
     */
    record Opened(String name, SpeechModel model, Configuration options) {}

    Opened open() throws IOException {
        OptionKeys.requireKnown(options);
        Configuration all = Configuration.fromMap(options);
        if (device != null) {
            all.setString(DeviceSettings.DEVICE.key(), device);
        }
        JobDevice.check(all);
        if (all.contains(SpeechModel.MODEL)) {
            return new Opened(all.get(SpeechModel.MODEL), SpeechModel.from(all), all);
        }
        ModelCache cache = SpeechModel.cache(all);
        SpeechModel opened = named(cache);
        all.set(SpeechModel.MODEL, opened.directory().path().toString());
        all.set(SpeechModel.VOCABULARY, opened.vocabulary().toString());
        return new Opened(model, opened, all);
    }

    private SpeechModel named(ModelCache cache) throws IOException {
        if (model.equals("demo")) {
            return DemoVoice.model(cache, Optional.of(format));
        }
        return RandomModel.named(model)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "model '%s': expected demo, random:0.1b, random:0.4b or random:LAYERSxWIDTH; give -D tts.model=%s for a file"
                                                .formatted(model, model)))
                .open(cache, format);
    }
}
