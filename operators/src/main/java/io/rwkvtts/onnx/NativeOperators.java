package io.rwkvtts.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The library of the project's own operators ({@code src/main/native}), which lies in the jar if
 * that was built on Linux with a C++ compiler.
 */
public final class NativeOperators {

    private static final LibraryResource LIBRARY = new LibraryResource("rwkvtts");

    /** The file that the library was loaded from, and is known by, though it is there no more. */
    private static String loaded;

    private NativeOperators() {}

    /** Whether this build has the operators for this machine. */
    public static boolean available() {
        return LIBRARY.exists();
    }

    /**
     * Loads the library, as {@link #register} does.
     *
     * @throws OnnxUnavailableException as that method
     */
    public static void load() {
        OnnxRuntime.environment();
        try (SessionOptions options = new SessionOptions()) {
            register(options);
        }
    }

    /**
     * Makes the operators known to a session. The first one unpacks and loads the library, which
     * stays loaded; its file is deleted at once.
     *
     * @throws OnnxUnavailableException if this build does not have them or they can't be loaded
     */
    public static synchronized void register(SessionOptions options) {
        if (!available()) {
            throw new OnnxUnavailableException(
                    "the model needs native operators, which this build does not have: build on Linux with a C++ compiler as /usr/bin/c++, or take int8",
                    null);
        }
        try {
            if (loaded == null) {
                Path file = LIBRARY.unpack();
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
            throw LibraryResource.unusable(e);
        }
    }
}
