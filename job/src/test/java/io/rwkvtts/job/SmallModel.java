package io.rwkvtts.job;

import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A model of two layers with its vocabulary, from the published vectors. */
final class SmallModel {

    private SmallModel() {}

    /** Unpacks and opens it in {@code directory}. */
    static SpeechModel open(Path directory) throws IOException {
        return SpeechModel.open(
                unpack("tts-l2-d64-webrwkv-f16.safetensors", directory),
                Optional.of(unpack("mini_vocab.txt", directory)),
                Optional.empty(),
                new ModelCache(directory.resolve("cache")));
    }

    /** The vectors are resources of another module, which may come in a jar. */
    private static Path unpack(String name, Path directory) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream content = SmallModel.class.getResourceAsStream("/vectors/" + name)) {
            Files.copy(content, file);
        }
        return file;
    }
}
