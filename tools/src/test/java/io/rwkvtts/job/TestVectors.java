package io.rwkvtts.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.StreamSupport;

/** Test vectors: those published are resources of another module, which may come in a jar. */
public final class TestVectors {

    private TestVectors() {}

    /**
     * Copies a published file.
     *
     * @param name such as {@code naming/fla-f32.safetensors}
     * @return the copy, of the last part of the name in {@code directory}
     */
    public static Path unpack(String name, Path directory) throws IOException {
        Path file = directory.resolve(Path.of(name).getFileName());
        try (InputStream content = open("/vectors/" + name)) {
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** A published JSON file. */
    public static JsonNode published(String name) throws IOException {
        return json("/vectors/" + name);
    }

    /** What the demo voice generates: text, seed, prompt and tokens of each case. */
    public static List<JsonNode> demoVoice() throws IOException {
        return list(json("/demo-voice/expected.json").get("cases"));
    }

    /** The elements of a JSON array. */
    public static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    /** The numbers of a JSON array. */
    public static int[] ints(JsonNode array) {
        return list(array).stream().mapToInt(JsonNode::asInt).toArray();
    }

    private static JsonNode json(String resource) throws IOException {
        try (InputStream content = open(resource)) {
            return new ObjectMapper().readTree(content);
        }
    }

    private static InputStream open(String resource) throws IOException {
        InputStream content = TestVectors.class.getResourceAsStream(resource);
        if (content == null) {
            throw new FileNotFoundException("no test resource " + resource);
        }
        return content;
    }
}
