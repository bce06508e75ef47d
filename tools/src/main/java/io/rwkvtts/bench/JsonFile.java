package io.rwkvtts.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results of a benchmark in a file, as a JSON object. */
public final class JsonFile {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private JsonFile() {}

    /**
     * Requires that a file can be written, before minutes are spent on what it shall hold.
     *
     * @throws FileSystemException if not
     */
    public static void requireWritable(Path file) throws FileSystemException {
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new FileSystemException(
                    file.toString(), null, "is a directory: expected the name of a file");
        }
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new FileSystemException(
                    directory.toString(), null, "is no directory that can be written to");
        }
    }

    /** Writes results; a file of that name is replaced. */
    public static void write(Path file, Record results) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(results) + "\n");
    }

    /**
     * Reads results.
     *
     * @throws IllegalArgumentException if the file does not hold such
     */
    public static <T extends Record> T read(Path file, Class<T> kind) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return JSON.readValue(bytes, kind);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s is no file of %s: %s"
                            .formatted(file, kind.getSimpleName(), e.getOriginalMessage()),
                    e);
        }
    }
}
