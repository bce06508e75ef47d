package io.rwkvtts.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The tensors of a checkpoint, be it one file or a Hugging Face directory of shards.
 *
 * @param path as the user gave it, for messages
 * @param metadata of all files
 * @param tensors by name in lower case, since converters change the case (spec 1.7)
 */
record CheckpointFiles(Path path, Map<String, String> metadata, Map<String, StoredTensor> tensors) {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_INDEX_BYTES = 16_000_000;

    /**
     * Opens a safetensors file, or a directory with {@code model.safetensors.index.json} or {@code
     * model.safetensors}.
     */
    static CheckpointFiles open(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return merge(path, List.of(path));
        }
        Path index = path.resolve(INDEX);
        if (Files.exists(index)) {
            return merge(path, shards(index));
        }
        Path single = path.resolve(SINGLE);
        if (!Files.exists(single)) {
            throw new ModelFormatException(
                    "directory %s holds neither %s nor %s: expected a checkpoint file, or a directory with one of these"
                            .formatted(path, SINGLE, INDEX));
        }
        return merge(path, List.of(single));
    }

    private static CheckpointFiles merge(Path path, List<Path> files) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Path each : files) {
            SafetensorsFile file = SafetensorsFile.open(each);
            metadata.putAll(file.metadata());
            for (StoredTensor tensor : file.tensors()) {
                String key = tensor.name().toLowerCase(Locale.ROOT);
                StoredTensor other = tensors.putIfAbsent(key, tensor);
                if (other != null) {
                    throw new ModelFormatException(
                            "%s: tensor %s is there twice (also as %s; names are compared in lower case and over all shards)"
                                    .formatted(each, tensor.name(), other.name()));
                }
            }
        }
        return new CheckpointFiles(path, metadata, tensors);
    }

    private static List<Path> shards(Path index) throws IOException {
        if (Files.size(index) > MAX_INDEX_BYTES) {
            throw new ModelFormatException(
                    "%s has %d bytes: expected at most %d"
                            .formatted(index, Files.size(index), MAX_INDEX_BYTES));
        }
        TreeSet<Path> shards = new TreeSet<>(Comparator.comparing(Path::toString));
        for (JsonNode shard : weightMap(index)) {
            shards.add(index.resolveSibling(shardName(index, shard)));
        }
        return List.copyOf(shards);
    }

    private static JsonNode weightMap(Path index) throws IOException {
        JsonNode weights;
        try {
            weights = new ObjectMapper().readTree(index.toFile()).path("weight_map");
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    "%s is not valid JSON: %s".formatted(index, e.getOriginalMessage()), e);
        }
        if (!weights.isObject() || weights.isEmpty()) {
            throw new ModelFormatException(
                    index + ": expected an object weight_map from tensor names to file names");
        }
        return weights;
    }

    /** A shard lies beside its index: a path that leads elsewhere is refused. */
    private static String shardName(Path index, JsonNode shard) {
        String name = shard.asText();
        if (!shard.isTextual() || !name.matches("[\\w.-]+\\.safetensors")) {
            throw new ModelFormatException(
                    "%s: weight_map names %s: expected the name of a .safetensors file beside the index"
                            .formatted(index, shard));
        }
        return name;
    }
}
