package io.rwkvtts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

/** Files of published test vectors among the test resources. */
public final class Vectors {

    private Vectors() {}

    /** The file of that name, such as {@code naming/fla-f32.safetensors}. */
    public static Path file(String name) {
        URL resource = Vectors.class.getResource("/vectors/" + name);
        if (resource == null) {
            throw new IllegalArgumentException("no test resource vectors/" + name);
        }
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The JSON file at that path. */
    public static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JSON file of that name. */
    public static JsonNode json(String name) {
        return json(file(name));
    }

    /** The numbers of a JSON array. */
    public static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }
}
