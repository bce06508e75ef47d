package io.rwkvtts.local;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model with random weights and the vocabulary of the demo voice, to measure with and to strike
 * with faults: it has the cost of a trained one of its shape, and every bit of its state counts in
 * its tokens, but these are noise.
 *
 * @param layers number of layers
 * @param width model width, a multiple of 64
 */
public record RandomModel(int layers, int width) {

    /** The shape of the smallest public model. */
    public static final RandomModel SMALLEST_PUBLIC = new RandomModel(12, 768);

    private static final RandomModel LARGER_PUBLIC = new RandomModel(24, 1024);
    private static final Pattern SHAPE = Pattern.compile("random:(\\d{1,4})x(\\d{1,5})");
    private static final long SEED = 7;

    /**
     * The model of a name: {@code random:0.1b} and {@code random:0.4b} for the shapes of the public
     * models, {@code random:LAYERSxWIDTH} for any.
     *
     * @return empty if the name is not of this kind
     * @throws IllegalArgumentException if it is, but there is no such model
     */
    public static Optional<RandomModel> named(String name) {
        if (!name.startsWith("random:")) {
            return Optional.empty();
        }
        Matcher shape = SHAPE.matcher(name);
        if (name.equals("random:0.1b")) {
            return Optional.of(SMALLEST_PUBLIC);
        } else if (name.equals("random:0.4b")) {
            return Optional.of(LARGER_PUBLIC);
        } else if (shape.matches()) {
            RandomModel model =
                    new RandomModel(
                            Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2)));
            model.shape();
            return Optional.of(model);
        }
        throw new IllegalArgumentException(
                "model '%s': expected random:0.1b, random:0.4b or random:LAYERSxWIDTH, such as random:2x128"
                        .formatted(name));
    }

    /** The sizes of the model, but for the rows of its vocabulary. */
    public ModelShape shape() {
        return shape(IdSpace.SEMANTIC_LOGITS);
    }

    private ModelShape shape(int vocabRows) {
        return ModelShape.proportioned(layers, width, vocabRows, IdSpace.SEMANTIC_LOGITS);
    }

    /**
     * The checkpoint, which is written on first use.
     *
     * @param cache whose directory the checkpoint lies in
     */
    public Path checkpoint(ModelCache cache) throws IOException {
        int rows = IdSpace.rows(WorldTokenizer.load(vocabulary(cache)));
        Path file =
                cache.directory()
                        .resolve("random-%dx%d-%d.safetensors".formatted(layers, width, rows));
        if (!Files.exists(file)) {
            RandomCheckpoint.write(file, shape(rows), TensorType.F16, SEED);
        }
        return file;
    }

    /**
     * The model with its vocabulary, made on first use.
     *
     * @param cache for the model
     */
    public SpeechModel open(ModelCache cache, Quantization quantization) throws IOException {
        return SpeechModel.open(
                checkpoint(cache),
                Optional.of(vocabulary(cache)),
                Optional.of(quantization),
                cache);
    }

    private static Path vocabulary(ModelCache cache) throws IOException {
        return DemoVoice.unpack(cache).vocabulary();
    }
}
