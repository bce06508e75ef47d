package io.rwkvtts.model;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Makes a {@link ModelDirectory} from a {@link Checkpoint}. */
public final class ModelExporter {

    /** Stands for all rows of the head, whatever their number. */
    public static final int ALL_HEAD_ROWS = Integer.MAX_VALUE;

    private static final int HEAD_SIZE = 64;

    /** Less than the longest array, for the padding of quantised rows. */
    private static final long LARGEST_MATRIX = 2_000_000_000;

    private static final String PARTIAL = ".part";

    private ModelExporter() {}

    /**
     * Writes a model directory. It appears under its name only when it is whole, so that neither a
     * crash nor a second export at the same time leaves half of one.
     *
     * @param headRows rows of the head to keep, from the first: 8193 for speech, {@link
     *     #ALL_HEAD_ROWS} to see all logits
     * @param vocabulary a file to be copied into the directory
     * @param target must not exist or be an empty directory
     * @throws ModelFormatException if the checkpoint can't be exported so
     * @throws IOException if the target exists or can't be written
     */
    public static ModelDirectory export(
            Checkpoint checkpoint,
            Quantization quantization,
            int headRows,
            Optional<Path> vocabulary,
            Path target)
            throws IOException {
        checkExportable(checkpoint, headRows);
        vocabulary.ifPresent(ModelExporter::checkName);
        Path place = target.toAbsolutePath();
        checkFree(place);
        Path partial = place.resolveSibling(partialName(place.getFileName().toString()));
        try {
            Files.createDirectories(partial);
            write(checkpoint, quantization, headRows, vocabulary, partial);
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("can't write the model to " + place + ": " + e.getMessage(), e);
        } finally {
            delete(partial);
        }
        return ModelDirectory.open(target);
    }

    private static String partialName(String name) {
        return "." + name + "." + UUID.randomUUID() + PARTIAL;
    }

    /** Whether a file of this name is an export to {@code target} that is not finished. */
    static boolean isPartial(String name, String target) {
        return name.startsWith("." + target + ".") && name.endsWith(PARTIAL);
    }

    static void checkExportable(Checkpoint checkpoint, int headRows) {
        ModelShape shape = checkpoint.shape();
        if (shape.headSize() != HEAD_SIZE) {
            throw new ModelFormatException(
                    "%s has heads of size %d: expected %d, the only size that is supported"
                            .formatted(checkpoint.path(), shape.headSize(), HEAD_SIZE));
        }
        if (headRows < 1 || headRows != ALL_HEAD_ROWS && headRows > shape.headRows()) {
            throw new ModelFormatException(
                    "%s has %d head rows: expected at least the %d to be exported"
                            .formatted(checkpoint.path(), shape.headRows(), headRows));
        }
        checkSizes(checkpoint.path(), shape, headRows);
    }

    /** Each matrix but the embedding table is turned or quantised in memory, as one array. */
    static void checkSizes(Path path, ModelShape shape, int headRows) {
        int rows = Math.max(Math.min(headRows, shape.headRows()), shape.ffnWidth());
        if ((long) rows * shape.width() > LARGEST_MATRIX) {
            throw new ModelFormatException(
                    "%s has a matrix of %d x %d: expected at most %d elements; export fewer head rows or a smaller model"
                            .formatted(path, rows, shape.width(), LARGEST_MATRIX));
        }
    }

    private static void checkName(Path vocabulary) {
        Set<String> taken =
                Set.of(ModelDirectory.DESCRIPTION, ModelDirectory.GRAPH, ModelDirectory.WEIGHTS);
        if (taken.contains(vocabulary.getFileName().toString())) {
            throw new ModelFormatException(
                    "vocabulary %s has the name of another file of a model directory: rename it"
                            .formatted(vocabulary));
        }
    }

    private static void checkFree(Path place) throws IOException {
        if (!Files.exists(place)) {
            return;
        }
        if (Files.isDirectory(place)) {
            try (Stream<Path> members = Files.list(place)) {
                if (members.findAny().isEmpty()) {
                    return;
                }
            }
        }
        throw new IOException(
                "export target "
                        + place
                        + " exists: expected a new path or an empty directory; delete it or choose"
                        + " another");
    }

    private static void write(
            Checkpoint checkpoint,
            Quantization quantization,
            int headRows,
            Optional<Path> vocabulary,
            Path directory)
            throws IOException {
        ModelShape shape = checkpoint.shape();
        int keptRows = Math.min(headRows, shape.headRows());
        try (WeightFile weights = new WeightFile(directory.resolve(ModelDirectory.WEIGHTS))) {
            OnnxGraph graph = new OnnxGraph(weights);
            MatrixFormat format = quantization.weights().in(graph);
            quantization.graph().build(graph, checkpoint, format, keptRows);
            graph.write(directory.resolve(ModelDirectory.GRAPH));
        }
        String vocabularyName = null;
        if (vocabulary.isPresent()) {
            vocabularyName = vocabulary.get().getFileName().toString();
            Files.copy(vocabulary.get(), directory.resolve(vocabularyName));
        }
        new ModelDescription(
                        ModelDescription.FORMAT,
                        quantization.graph().version(),
                        ModelDescription.STATE_LAYOUT,
                        quantization,
                        checkpoint.naming().label(),
                        shape,
                        keptRows,
                        checkpoint.weightsId(),
                        ModelDescription.unsigned(checkpoint.randomSeed()),
                        vocabularyName,
                        sizes(directory))
                .write(directory.resolve(ModelDirectory.DESCRIPTION));
    }

    private static Map<String, Long> sizes(Path directory) throws IOException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        try (Stream<Path> members = Files.list(directory)) {
            for (Path member : members.sorted().toList()) {
                sizes.put(member.getFileName().toString(), Files.size(member));
            }
        }
        return sizes;
    }

    /** Removes a directory and what is in it, if it exists. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> members = Files.walk(directory)) {
            List<Path> deepestFirst = members.sorted(Comparator.reverseOrder()).toList();
            for (Path member : deepestFirst) {
                Files.delete(member);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
