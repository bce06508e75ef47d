package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.operator.TextSettings;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.Prompt;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.protocol.Voice;
import io.rwkvtts.protocol.VoiceProperties;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.sampling.SamplingParameters;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestRules;
import io.rwkvtts.synthesis.UnbatchedGenerator;
import io.rwkvtts.text.NormalizedText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts generate}: generates one text, without Kafka and Flink. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Turns one text into audio tokens, without Kafka and Flink.",
            "",
            "The text is normalised as that of a request is, but it is one segment: it is not cut at"
                    + " sentence ends, so keep it to a sentence or two.",
            ""
        },
        footer = {
            "",
            "The last line on standard output is a JSON object:",
            "  promptTokens    ids that are fed to the model before it generates",
            "  globalTokens    32 numbers, the voice",
            "  semanticTokens  the speech, 20 ms each",
            "  finishReason    stop: the model ended by itself; length: it was cut off",
            "  seed            of the random numbers",
            "  weightsId, numericsId",
            "                  where both are equal, so are the tokens of equal commands",
            "  randomSeed      if the model's weights are random, and its tokens noise",
            "",
            "Example:",
            "  tts generate --model rwkv.safetensors --vocab tokenizer.json --text Hi."
        })
final class GenerateCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private ModelOptions model;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description =
                    "vocabulary, .txt or .json; not needed for a model directory that holds one")
    private Path vocabulary;

    @Option(
            names = "--text",
            required = true,
            paramLabel = "TEXT",
            description = "text to generate")
    private String text;

    @Option(
            names = "--wav",
            paramLabel = "FILE.wav",
            description = "also decode the tokens and write the sound")
    private Path wav;

    @Mixin private DecoderOptions decoding;

    @ArgGroup(heading = "%nVoice:%n")
    private VoiceOptions voice = new VoiceOptions();

    @ArgGroup(heading = "%nSampling:%n", validate = false)
    private SamplingOptions sampling = new SamplingOptions();

    /** What is printed. */
    private record Speech(
            int[] promptTokens,
            int[] globalTokens,
            int[] semanticTokens,
            String finishReason,
            String seed,
            String weightsId,
            String numericsId,
            String randomSeed) {}

    @Override
    public Integer call() throws IOException {
        GenerationLimits limits = sampling.limits();
        RequestRules.checkText(text, TextSettings.MAX_CHARS.defaultValue());
        Optional<Voice> recorded = voice.recorded();
        VoiceProperties properties = voice.properties();
        SamplingParameters parameters = sampling.parameters();

        SpeechModel speech =
                SpeechModel.open(
                        model.model(),
                        Optional.ofNullable(vocabulary),
                        model.quantization(),
                        model.cache());
        PromptBuilder prompts = speech.prompts();
        String segment = NormalizedText.of(text).strip();
        Prompt prompt =
                recorded.map(v -> prompts.byVoice(v, segment))
                        .orElseGet(() -> prompts.byProperties(properties, segment));
        SegmentGeneration generation =
                new SegmentGeneration(sampling.seed(), 0, prompt.start(), limits, parameters);
        try (InferenceEngine engine = model.open(speech.directory())) {
            generate(engine, prompt.tokens(), generation);
            writeWav(generation);
            JsonLine.print(
                    spec.commandLine().getOut(),
                    speech(speech.directory(), engine.model(), prompt.tokens(), generation));
        }
        return 0;
    }

    private void generate(InferenceEngine engine, int[] prompt, SegmentGeneration generation) {
        long begin = System.nanoTime();
        try {
            new UnbatchedGenerator(engine).generate(prompt, generation);
        } catch (InvalidLogitsException e) {
            throw new IllegalArgumentException(
                    "%s gives no usable logits (%s): expected finite ones; is it damaged?"
                            .formatted(model.model(), e.getMessage()),
                    e);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        double audioSeconds = generation.semanticCount() / GenerationLimits.TOKENS_PER_SECOND;
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%d semantic tokens, %.2f s of speech, in %.2f s%n",
                        generation.semanticCount(),
                        audioSeconds,
                        seconds);
    }

    private void writeWav(SegmentGeneration generation) throws IOException {
        int count = generation.semanticCount();
        if (wav == null || count == 0) {
            return;
        }
        try (AudioDecoder decoder = decoding.open(model.cache());
                AudioSink sink = AudioSink.file(wav, decoder.format().sampleRate())) {
            sink.write(
                    decoding.pcm(
                            decoder.decode(generation.semantics(0, count), generation.globals())));
        }
    }

    private Speech speech(
            ModelDirectory directory,
            EngineModel engineModel,
            int[] prompt,
            SegmentGeneration generation) {
        return new Speech(
                prompt,
                generation.globals(),
                generation.semantics(0, generation.semanticCount()),
                (generation.cutOff() ? FinishReason.LENGTH : FinishReason.STOP).label(),
                Long.toUnsignedString(sampling.seed()),
                engineModel.weightsId(),
                engineModel.numericsId(),
                JsonLine.seed(directory.randomSeed()));
    }
}
