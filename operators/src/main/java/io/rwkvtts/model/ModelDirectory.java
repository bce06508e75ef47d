package io.rwkvtts.model;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A model in the form that an engine loads: {@code model.onnx}, its weights beside it, {@code
 * model.json} with what must be known of it, and the vocabulary if one was given to the {@link
 * ModelExporter}.
 *
 * <p>An opened directory is whole: its files are there and have the sizes they were written with.
 */
public final class ModelDirectory {

    static final String DESCRIPTION = "model.json";
    static final String GRAPH = "model.onnx";
    static final String WEIGHTS = "weights.bin";

    private final Path path;
    private final ModelDescription description;

    private ModelDirectory(Path path, ModelDescription description) {
        this.path = path;
        this.description = description;
    }

    /** Whether {@code path} is a directory with a {@code model.json}. */
    public static boolean isModelDirectory(Path path) {
        return Files.exists(path.resolve(DESCRIPTION));
    }

    /**
     * Opens a directory that {@link ModelExporter} made.
     *
     * @throws ModelFormatException if a file is missing (named by the cause), truncated or
     *     malformed, or was made by another version of the exporter
     */
    public static ModelDirectory open(Path path) throws IOException {
        if (!isModelDirectory(path)) {
            throw new ModelFormatException(
                    "%s is no model directory: expected a %s in it; make one with 'tts export'"
                            .formatted(path, DESCRIPTION),
                    new NoSuchFileException(path.resolve(DESCRIPTION).toString()));
        }
        ModelDirectory directory =
                new ModelDirectory(path, ModelDescription.read(path.resolve(DESCRIPTION)));
        directory.checkFiles();
        return directory;
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    /** The ONNX model, which names the weight file beside it. */
    public Path graph() {
        return path.resolve(GRAPH);
    }

    /** The vocabulary file, if the directory has one. */
    public Optional<Path> vocabulary() {
        return Optional.ofNullable(description.vocabulary()).map(path::resolve);
    }

    /** Sizes of the checkpoint; {@link #headRows()} may be fewer than it has. */
    public ModelShape shape() {
        return description.shape();
    }

    /** Rows of the head in the exported graph: logits per token. */
    public int headRows() {
        return description.headRows();
    }

    /** How the large matrices are held. */
    public Quantization quantization() {
        return description.quantization();
    }

    /** Naming of the checkpoint, as {@link io.rwkvtts.checkpoint.Naming#label()}. */
    public String naming() {
        return description.naming();
    }

    /** Version of the operators in the graph: part of what decides the bits of a result. */
    public String graphVersion() {
        return description.graph();
    }

    /** Version of the order and scale of the numbers in a state. */
    public int stateLayout() {
        return description.stateLayout();
    }

    /** {@link Checkpoint#weightsId()} of the checkpoint. */
    public String weightsId() {
        return description.weightsId();
    }

    /** The seed, unsigned, if the weights are random and the output noise. */
    public OptionalLong randomSeed() {
        return description.seed();
    }

    /**
     * The same model, as exported from {@code checkpoint}: equal weights in another file may have
     * another naming, and may or may not declare that they are random.
     */
    ModelDirectory of(Checkpoint checkpoint) {
        return new ModelDirectory(
                path, description.from(checkpoint.naming(), checkpoint.randomSeed()));
    }

    private static String unexpected(Path member, String found, long bytes) {
        return "%s %s: expected a file of %d bytes; export the model again"
                .formatted(member, found, bytes);
    }

    private void checkFiles() throws IOException {
        for (String name : new String[] {GRAPH, WEIGHTS}) {
            if (!description.files().containsKey(name)) {
                throw new ModelFormatException(
                        "%s: files has no entry %s; export the model again"
                                .formatted(path.resolve(DESCRIPTION), name));
            }
        }
        for (Map.Entry<String, Long> file : description.files().entrySet()) {
            Path member = path.resolve(file.getKey());
            if (!Files.isRegularFile(member)) {
                throw new ModelFormatException(
                        unexpected(member, "is missing", file.getValue()),
                        new NoSuchFileException(member.toString()));
            }
            if (Files.size(member) != file.getValue()) {
                throw new ModelFormatException(
                        unexpected(
                                member, "has " + Files.size(member) + " bytes", file.getValue()));
            }
        }
    }
}
