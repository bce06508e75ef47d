package io.rwkvtts.job.chaos;

import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelShape;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.model.RandomCheckpoint;
import io.rwkvtts.model.TensorType;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that faults strike where no other is given: 12 layers × 768 as the smallest public one,
 * 8-bit, with the vocabulary of the demo voice and random weights. Its tokens are noise, but every
 * bit of its state counts in them.
 */
public final class RandomChaosModel {

    private static final int LAYERS = 12;
    private static final int WIDTH = 768;
    private static final long SEED = 7;

    private RandomChaosModel() {}

    /**
     * Opens the model, which is made on first use.
     *
     * @param cache for the model
     * @param directory for its vocabulary
     */
    public static SpeechModel open(ModelCache cache, Path directory) throws IOException {
        Path vocabulary = DemoVoice.unpack(directory).vocabulary();
        WorldTokenizer tokenizer = WorldTokenizer.load(vocabulary);
        int rows = IdSpace.rows(tokenizer);
        Path checkpoint =
                cache.directory()
                        .resolve("random-%dx%d-%d.safetensors".formatted(LAYERS, WIDTH, rows));
        if (!Files.exists(checkpoint)) {
            Files.createDirectories(cache.directory());
            RandomCheckpoint.write(
                    checkpoint,
                    ModelShape.proportioned(LAYERS, WIDTH, rows, IdSpace.SEMANTIC_LOGITS),
                    TensorType.F16,
                    SEED);
        }
        return SpeechModel.open(
                checkpoint, Optional.of(vocabulary), Optional.of(Quantization.INT8), cache);
    }
}
