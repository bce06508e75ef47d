package io.rwkvtts.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The library of the project's own operators ({@code src/main/native}), which lies in the jar if
 * that was built on Linux with a C++ compiler.
 */
public final class NativeOperators {

    private static final String RESOURCE =
            "/native/%s-%s/librwkvtts.so"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"));

    /** The file that the library was loaded from, and is known by, though it is there no more. */
    private static String loaded;

    private NativeOperators() {}

    /** Whether this build has the operators for this machine. */
    public static boolean available() {
        return NativeOperators.class.getResource(RESOURCE) != null;
    }

    /**
     * Makes the operators known to a session. The first one unpacks and loads the library, which
     * stays loaded; its file is deleted at once.
     *
     * @throws OnnxUnavailableException if this build does not have them or they can't be loaded
     */
    public static synchronized void register(SessionOptions options) {
        try {
            if (loaded == null) {
                Path file = unpack();
                try {
                    options.registerCustomOpLibrary(file.toString());
                    loaded = file.toString();
                } finally {
                    Files.delete(file);
                }
            } else {
                options.registerCustomOpLibrary(loaded);
            }
        } catch (IOException | OrtException e) {
            throw new OnnxUnavailableException(
                    "the native operators can't be loaded from a file in %s, which must be writable and allow execution (system property java.io.tmpdir)"
                            .formatted(System.getProperty("java.io.tmpdir")),
                    e);
        }
    }

    private static Path unpack() throws IOException {
        try (InputStream resource = NativeOperators.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new OnnxUnavailableException(
                        "the model needs native operators, which this build does not have (%s): build on Linux with a C++ compiler as /usr/bin/c++, or take int8"
                                .formatted(RESOURCE),
                        null);
            }
            Path file = Files.createTempFile("librwkvtts", ".so");
            Files.copy(resource, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }
}
