package io.rwkvtts.operator;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.synthesis.LoopObserver;
import io.rwkvtts.synthesis.RequestRules;
import io.rwkvtts.synthesis.SegmentFactory;
import io.rwkvtts.synthesis.SpeechOutput;
import io.rwkvtts.synthesis.SynthesisLoop;
import io.rwkvtts.text.WorldTokenizer;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What the operators need to know. Each group is a class with its options.
 *
 * @param vocabulary path of the vocabulary file
 * @param voiceDirectory path of the directory of reference voices, null for none
 * @param degrade what new requests get less of under load
 * @param logLevel how much is logged, null for what logging is configured with
 */
public record SynthesisSettings(
        String vocabulary,
        String voiceDirectory,
        TextSettings text,
        GenerationSettings generation,
        PrefillSettings prefill,
        QueueSettings queue,
        RequestSettings requests,
        SnapshotSettings snapshots,
        DegradeSettings degrade,
        LogSettings.Level logLevel)
        implements Serializable {

    /** Reference voices. */
    public static final ConfigOption<String> VOICES =
            ConfigOptions.key("tts.voices")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory of reference voices, <id>.raf.json each. Without it a request"
                                    + " can describe its voice by properties only.");

    /**
     * Reads the options.
     *
     * @param vocabulary of the model
     * @param stateBytes of a state of the model
     * @throws IllegalArgumentException for a value that cannot work; names the option, and for
     *     voices also the file
     */
    public static SynthesisSettings from(ReadableConfig config, Path vocabulary, long stateBytes) {
        return new SynthesisSettings(
                vocabulary.toString(),
                voices(config),
                TextSettings.from(config),
                GenerationSettings.from(config),
                PrefillSettings.from(config, stateBytes),
                QueueSettings.from(config),
                RequestSettings.from(config),
                SnapshotSettings.from(config),
                DegradeSettings.from(config),
                LogSettings.level(config).orElse(null));
    }

    /** The directory of reference voices, read once to see that the operators will be able to. */
    private static String voices(ReadableConfig config) {
        String directory = config.get(VOICES);
        if (directory != null) {
            OptionChecks.named(() -> VoiceDirectory.open(Path.of(directory)), VOICES);
        }
        return directory;
    }

    /**
     * The rules for requests.
     *
     * @throws io.rwkvtts.protocol.VoiceFileException if the voice directory cannot be read
     */
    RequestRules rules() {
        VoiceDirectory voices =
                voiceDirectory == null
                        ? VoiceDirectory.empty()
                        : VoiceDirectory.open(Path.of(voiceDirectory));
        return new RequestRules(voices, generation.limits(), text.maxChars());
    }

    /**
     * The loop on an engine.
     *
     * @throws IllegalArgumentException if the vocabulary or the voices cannot be read, or the
     *     vocabulary does not fit the model
     */
    SynthesisLoop loop(
            InferenceEngine engine, SpeechOutput output, LoopObserver observer, NanoClock nanos) {
        EngineModel model = engine.model();
        WorldTokenizer tokenizer = WorldTokenizer.load(Path.of(vocabulary));
        IdSpace ids = IdSpace.of(model.vocabRows(), model.headRows(), tokenizer);
        return new SynthesisLoop(
                engine,
                new SegmentFactory(
                        text.segmenter(),
                        new PromptBuilder(ids, tokenizer),
                        rules(),
                        generation.capByText()),
                prefill.chunkTokens(),
                prefill.prefixes(model.stateBytes()),
                output,
                observer,
                nanos);
    }
}
