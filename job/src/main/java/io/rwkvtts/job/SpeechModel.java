package io.rwkvtts.job;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that can generate: an exported model and the vocabulary that it was trained with, checked
 * against each other.
 *
 * @param directory the exported model
 * @param vocabulary path of the vocabulary file
 * @param prompts with the ids of this model and vocabulary
 * @param forms where the model is, for CPUs and for CUDA devices
 */
public record SpeechModel(
        ModelDirectory directory, Path vocabulary, PromptBuilder prompts, ModelForms forms) {

    /** The model to generate with. */
    public static final ConfigOption<String> MODEL =
            ConfigOptions.key("tts.model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Model directory made by 'tts export', or a .safetensors checkpoint,"
                                    + " which is exported into a cache on first use. The path must"
                                    + " lead to the same files on every TaskManager.");

    /** The vocabulary of the model. */
    public static final ConfigOption<String> VOCABULARY =
            ConfigOptions.key("tts.vocabulary")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Vocabulary file, .txt or .json. Not needed for a model directory that"
                                    + " holds its vocabulary.");

    /** Number format of the large matrices, for a checkpoint that is exported on first use. */
    public static final ConfigOption<String> QUANTIZE =
            ConfigOptions.key("tts.quantize")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Weights of a checkpoint that is exported on first use: "
                                    + String.join(", ", Quantization.described())
                                    + ". By default none. A model directory has its own and"
                                    + " refuses another.");

    /** Where exported checkpoints are kept. */
    public static final ConfigOption<String> CACHE_DIRECTORY =
            ConfigOptions.key("tts.cache.directory")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory in which a checkpoint that is exported on first use is kept."
                                    + " By default flink-rwkv-tts in $XDG_CACHE_HOME or, if that is"
                                    + " no absolute path, in .cache of the home directory ($HOME,"
                                    + " or that of the password file).");

    private static final Logger LOG = LoggerFactory.getLogger(SpeechModel.class);

    /**
     * The model that the options name.
     *
     * @throws IllegalArgumentException if an option is missing, or the files are not what they
     *     should be
     * @throws IOException if they cannot be read
     */
    public static SpeechModel from(ReadableConfig config) throws IOException {
        Path model =
                config.getOptional(MODEL)
                        .map(Path::of)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                MODEL.key()
                                                        + " is not set: expected a model directory"
                                                        + " or a .safetensors checkpoint"));
        return open(
                model,
                config.getOptional(VOCABULARY).map(Path::of),
                quantization(config),
                cache(config));
    }

    /**
     * The number format that a checkpoint is to be exported with; empty if none is asked for.
     *
     * @throws IllegalArgumentException if there is no such format
     */
    public static Optional<Quantization> quantization(ReadableConfig config) {
        return config.getOptional(QUANTIZE).map(SpeechModel::quantization);
    }

    private static Quantization quantization(String label) {
        try {
            return Quantization.ofLabel(label);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(QUANTIZE.key() + ": " + e.getMessage(), e);
        }
    }

    /** The cache that the options name, or the user's. */
    public static ModelCache cache(ReadableConfig config) {
        return config.getOptional(CACHE_DIRECTORY)
                .map(directory -> new ModelCache(Path.of(directory)))
                .orElseGet(ModelCache::ofUser);
    }

    /**
     * A model directory, or a checkpoint, which is exported into the cache on first use.
     *
     * @param vocabulary empty to take that of the model directory
     * @param quantization empty to take a model directory as it is and a checkpoint without
     * @param cache where an exported checkpoint is kept
     * @throws IllegalArgumentException if the files are not what they should be, or do not fit each
     *     other
     * @throws IOException if they cannot be read
     */
    public static SpeechModel open(
            Path model,
            Optional<Path> vocabulary,
            Optional<Quantization> quantization,
            ModelCache cache)
            throws IOException {
        Path words = vocabulary.isPresent() ? vocabulary.get() : vocabularyIn(model);
        ModelDirectory directory = cache.open(model, quantization, IdSpace.SEMANTIC_LOGITS);
        PromptBuilder prompts = prompts(model, directory.shape(), directory.headRows(), words);
        if (directory.randomSeed().isPresent()) {
            LOG.warn(
                    "The weights of {} are random (seed {}): its tokens are noise.",
                    model,
                    Long.toUnsignedString(directory.randomSeed().getAsLong()));
        }
        return new SpeechModel(directory, words, prompts, ModelForms.of(model, directory, cache));
    }

    /**
     * Prompts for a model and a vocabulary that fit each other.
     *
     * @param model where it comes from, for messages
     * @param headRows rows of the head that are computed
     * @throws IllegalArgumentException if the vocabulary is malformed or does not fit
     */
    public static PromptBuilder prompts(
            Path model, ModelShape shape, int headRows, Path vocabulary) {
        WorldTokenizer tokenizer = WorldTokenizer.load(vocabulary);
        try {
            IdSpace ids = IdSpace.of(shape.vocabRows(), headRows, tokenizer);
            return new PromptBuilder(ids, tokenizer);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "model %s, vocabulary %s: %s".formatted(model, vocabulary, e.getMessage()), e);
        }
    }

    private static Path vocabularyIn(Path model) throws IOException {
        Optional<Path> vocabulary = Optional.empty();
        if (ModelDirectory.isModelDirectory(model)) {
            vocabulary = ModelDirectory.open(model).vocabulary();
        } else {
            // A checkpoint has none, but what is no checkpoint is to be named as such.
            Checkpoint.open(model).close();
        }
        return vocabulary.orElseThrow(
                () ->
                        new IllegalArgumentException(
                                "no vocabulary for %s: give the file that the model was trained with (--vocab or %s)"
                                        .formatted(model, VOCABULARY.key())));
    }
}
