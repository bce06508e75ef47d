package io.rwkvtts.local;

import io.rwkvtts.audio.CodecFormat;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The small trained model that comes with the project: 4 layers × 128, reads short English
 * sentences. It lies in the class path; a model is read from files.
 *
 * @param checkpoint the weights
 * @param vocabulary the vocabulary
 * @param decoder makes sound of its tokens; its {@code codec.json} lies beside it
 */
public record DemoVoice(Path checkpoint, Path vocabulary, Path decoder) {

    /** It reads texts of up to that many characters well. */
    public static final int MAX_UNITS = 60;

    private static final String RESOURCES = "/demo-voice/";

    /**
     * Copies the model's files.
     *
     * @param directory where to; made if it does not exist, files in it are replaced
     */
    public static DemoVoice unpack(Path directory) throws IOException {
        Files.createDirectories(directory);
        unpack(CodecFormat.FILE, directory);
        return new DemoVoice(
                unpack("model.safetensors", directory),
                unpack("tokenizer.json", directory),
                unpack("BiCodecDetokenize.onnx", directory));
    }

    /**
     * Copies the model's files to their place in a cache.
     *
     * @param cache need not exist yet
     */
    public static DemoVoice unpack(ModelCache cache) throws IOException {
        return unpack(cache.createDirectory().resolve("demo-voice"));
    }

    /**
     * The demo voice, exported into a cache on first use.
     *
     * @param quantization number format of the weights; empty for 32-bit floats
     * @throws IOException if the cache cannot be written
     */
    public static SpeechModel model(ModelCache cache, Optional<Quantization> quantization)
            throws IOException {
        DemoVoice voice = unpack(cache);
        return SpeechModel.open(
                voice.checkpoint(), Optional.of(voice.vocabulary()), quantization, cache);
    }

    /** Puts the whole file in its place at once, because another demo may be reading it. */
    private static Path unpack(String name, Path directory) throws IOException {
        Path file = directory.resolve(name);
        Path part = Files.createTempFile(directory, name, ".part");
        try (InputStream resource = DemoVoice.class.getResourceAsStream(RESOURCES + name)) {
            if (resource == null) {
                throw new IOException("the demo voice is not in the class path: " + name);
            }
            Files.copy(resource, part, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(
                    part,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
