package io.rwkvtts.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that ONNX Runtime unpacks its native libraries to before it loads them. At the exit of
 * the process it tries to delete first their directory and then the files, which leaves the
 * directory. With the files gone before, nothing stays.
 */
final class UnpackedLibraries {

    private static final Logger LOG = LoggerFactory.getLogger(UnpackedLibraries.class);

    /** Linux lists what is mapped, and keeps a mapped file without its name. */
    private static final Path MAPS = Path.of("/proc/self/maps");

    /** How the directory's name begins; no other library unpacks to one of this kind. */
    private static final String DIRECTORY = "onnxruntime-java";

    private UnpackedLibraries() {}

    /** Deletes those that are loaded, where the system allows it. */
    static void delete() {
        if (!Files.isReadable(MAPS)) {
            return;
        }
        try {
            for (Path library : loaded()) {
                Files.deleteIfExists(library);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("Unpacked libraries of ONNX Runtime could not be deleted", e);
        }
    }

    private static List<Path> loaded() throws IOException {
        try (Stream<String> lines = Files.lines(MAPS)) {
            return lines.filter(line -> line.indexOf('/') >= 0)
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(UnpackedLibraries::isUnpacked)
                    .distinct()
                    .toList();
        }
    }

    private static boolean isUnpacked(Path file) {
        Path directory = file.getParent();
        return directory != null
                && directory.getFileName() != null
                && directory.getFileName().toString().startsWith(DIRECTORY);
    }
}
