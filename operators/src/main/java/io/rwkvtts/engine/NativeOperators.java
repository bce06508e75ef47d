package io.rwkvtts.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.rwkvtts.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The library of the project's own operators ({@code src/main/native}), which lies in the jar if
 * that was built on Linux with a C++ compiler.
 */
final class NativeOperators {

    private static final String RESOURCE =
            "/native/%s-%s/librwkvtts.so"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"));

    private static Path library;

    private NativeOperators() {}

    /** Whether this build has the operators for this machine. */
    static boolean available() {
        return NativeOperators.class.getResource(RESOURCE) != null;
    }

    /**
     * Makes the operators known to a session.
     *
     * @throws ModelFormatException if this build does not have them
     */
    static void register(SessionOptions options) throws OrtException {
        options.registerCustomOpLibrary(library().toString());
    }

    /** The library as a file, which ONNX Runtime wants. */
    private static synchronized Path library() {
        if (library != null) {
            return library;
        }
        try (InputStream resource = NativeOperators.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new ModelFormatException(
                        "the model needs native operators, which this build does not have (%s): build on Linux with a C++ compiler as /usr/bin/c++, or take int8"
                                .formatted(RESOURCE));
            }
            Path file = Files.createTempFile("librwkvtts", ".so");
            file.toFile().deleteOnExit();
            Files.copy(resource, file, StandardCopyOption.REPLACE_EXISTING);
            library = file;
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException("can't unpack the native operators", e);
        }
    }
}
