package io.rwkvtts.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.Naming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The content of a model directory's {@code model.json}.
 *
 * <p>It has the weights id but no id of the numerics: of what decides the bits of a result, graph
 * version and quantisation stand here, but the version of ONNX Runtime and the kernels that it has
 * for a processor are known only where the model is loaded. The engine finds that id when it opens.
 *
 * @param format version of this description
 * @param graph version of the exported graph, part of the numeric identity of the model
 * @param stateLayout version of the order and scale of the numbers in a state
 * @param naming of the checkpoint, as {@link Naming#label()}
 * @param shape sizes of the checkpoint
 * @param headRows rows of the head that were exported
 * @param weightsId {@link io.rwkvtts.checkpoint.Checkpoint#weightsId()}
 * @param randomSeed unsigned decimal seed of a {@link io.rwkvtts.checkpoint.RandomCheckpoint}, null
 *     for real weights
 * @param vocabulary name of the vocabulary file in the directory, null if there is none
 * @param files bytes of each other file, by name
 */
record ModelDescription(
        int format,
        String graph,
        int stateLayout,
        Quantization quantization,
        String naming,
        ModelShape shape,
        int headRows,
        String weightsId,
        String randomSeed,
        String vocabulary,
        Map<String, Long> files) {

    static final int FORMAT = 1;
    static final int STATE_LAYOUT = 1;

    private static final long MAX_BYTES = 1_000_000;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    ModelDescription {
        requireNonNull(graph, "graph");
        requireNonNull(quantization, "quantization");
        requireNonNull(naming, "naming");
        requireNonNull(shape, "shape");
        requireNonNull(weightsId, "weightsId");
        files = Map.copyOf(files);
    }

    /**
     * @throws ModelFormatException if the file is no such description, or one of another version
     */
    static ModelDescription read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelFormatException(
                    "%s has %d bytes: expected a description of at most %d"
                            .formatted(file, Files.size(file), MAX_BYTES));
        }
        ModelDescription description;
        try {
            description = JSON.readValue(file.toFile(), ModelDescription.class);
        } catch (JacksonException e) {
            throw new ModelFormatException(
                    "%s is damaged: %s; export the model again"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        }
        if (description == null) {
            throw new ModelFormatException(
                    "%s is damaged: it holds null; export the model again".formatted(file));
        }
        description.checkVersion(file);
        description.checkValues(file);
        return description;
    }

    OptionalLong seed() {
        return randomSeed == null
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseUnsignedLong(randomSeed));
    }

    /** This description of a model that was exported from another file with the same weights. */
    ModelDescription from(Naming otherNaming, OptionalLong otherSeed) {
        return new ModelDescription(
                format,
                graph,
                stateLayout,
                quantization,
                otherNaming.label(),
                shape,
                headRows,
                weightsId,
                unsigned(otherSeed),
                vocabulary,
                files);
    }

    /** A seed in the form that stands in the file, null for none. */
    static String unsigned(OptionalLong seed) {
        return seed.isPresent() ? Long.toUnsignedString(seed.getAsLong()) : null;
    }

    void write(Path file) throws IOException {
        JSON.writeValue(file.toFile(), this);
    }

    private void checkVersion(Path file) {
        if (format != FORMAT
                || stateLayout != STATE_LAYOUT
                || !graph.equals(quantization.graph().version())) {
            throw new ModelFormatException(
                    "%s was written by another version (format %d, graph %s, state layout %d): expected format %d, graph %s, state layout %d; export the model again"
                            .formatted(
                                    file,
                                    format,
                                    graph,
                                    stateLayout,
                                    FORMAT,
                                    quantization.graph().version(),
                                    STATE_LAYOUT));
        }
    }

    private void checkValues(Path file) {
        if (headRows < 1 || headRows > shape.headRows()) {
            throw new ModelFormatException(
                    "%s: headRows is %d: expected 1 to %d, the head rows of the checkpoint"
                            .formatted(file, headRows, shape.headRows()));
        }
        try {
            seed();
        } catch (NumberFormatException e) {
            throw new ModelFormatException(
                    "%s: randomSeed is \"%s\": expected an unsigned 64-bit number or null"
                            .formatted(file, randomSeed),
                    e);
        }
    }
}
