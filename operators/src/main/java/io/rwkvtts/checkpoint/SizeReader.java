package io.rwkvtts.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads the sizes of a model from its tensors (spec 1.1).
 *
 * @param path for messages
 * @param sources by official name
 */
record SizeReader(Path path, Map<String, TensorSource> sources) {

    ModelShape shape(int layers) {
        try {
            return new ModelShape(
                    layers,
                    size("emb.weight", 2, 1),
                    size("blocks.0.att.r_k", 2, 0),
                    size("blocks.0.att.r_k", 2, 1),
                    size("blocks.0.ffn.key.weight", 2, 0),
                    size("emb.weight", 2, 0),
                    size("head.weight", 2, 0),
                    size("blocks.0.att.w1", 2, 1),
                    size("blocks.0.att.a1", 2, 1),
                    size("blocks.0.att.g1", 2, 1),
                    layers == 1 ? 0 : size("blocks.1.att.v1", 2, 1));
        } catch (ModelFormatException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(
                    "%s: sizes do not fit each other: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** One dimension of a tensor that must have {@code rank} of them. */
    int size(String name, int rank, int dimension) {
        TensorSource source = sources.get(name);
        if (source == null) {
            throw new ModelFormatException("%s: tensor %s is missing".formatted(path, name));
        }
        List<Long> shape = source.shape();
        if (shape.size() != rank || shape.get(dimension) > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "%s: tensor %s (%s) has shape %s: expected %d dimensions below 2^31"
                            .formatted(path, name, source.storedNames(), shape, rank));
        }
        return shape.get(dimension).intValue();
    }
}
