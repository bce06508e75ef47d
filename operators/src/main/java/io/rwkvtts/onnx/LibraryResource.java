package io.rwkvtts.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A library of operators in the class path, for this kind of machine. */
final class LibraryResource {

    private static final String LIBRARY = ".so";

    private final String resource;

    /**
     * @param name of the library, without what comes before and after it in the name of a file
     */
    LibraryResource(String name) {
        resource =
                "/native/%s-%s/lib%s%s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"),
                                name,
                                LIBRARY);
    }

    boolean exists() {
        return LibraryResource.class.getResource(resource) != null;
    }

    /**
     * What a file beside the library says, with the ending of its name in the place of the
     * library's; empty if there is none.
     */
    Optional<String> beside(String ending) {
        String name = resource.substring(0, resource.length() - LIBRARY.length()).concat(ending);
        try (InputStream content = LibraryResource.class.getResourceAsStream(name)) {
            return content == null
                    ? Optional.empty()
                    : Optional.of(
                            new String(content.readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /**
     * Copies the library to a new file, from which it can be loaded.
     *
     * @throws OnnxUnavailableException if it does not exist
     */
    Path unpack() throws IOException {
        try (InputStream content = LibraryResource.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new OnnxUnavailableException(
                        "this build does not have the operators %s".formatted(resource), null);
            }
            Path file = Files.createTempFile("librwkvtts", ".so");
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }

    /** The failure of what was done with an unpacked file. */
    static OnnxUnavailableException unusable(Throwable cause) {
        return new OnnxUnavailableException(
                "the native operators can't be loaded from a file in %s, which must be writable and allow execution (system property java.io.tmpdir)"
                        .formatted(System.getProperty("java.io.tmpdir")),
                cause);
    }
}
