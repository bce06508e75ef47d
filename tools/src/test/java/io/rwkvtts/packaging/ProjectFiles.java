package io.rwkvtts.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the files of the project lie, from whichever of its directories the tests are run. */
public final class ProjectFiles {

    private ProjectFiles() {}

    /** The directory of the launcher and the parent pom. */
    public static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("tts"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException(
                        "the tests run outside of the project, in " + Path.of("").toAbsolutePath());
            }
        }
        return directory;
    }

    /** The one jar for a cluster that the build has made. */
    static Path clusterJar() throws IOException {
        try (Stream<Path> files = Files.list(root().resolve("job/target"))) {
            List<Path> jars =
                    files.filter(file -> file.toString().endsWith("-cluster.jar")).toList();
            if (jars.size() != 1) {
                throw new IllegalStateException(
                        "expected one *-cluster.jar in job/target, found " + jars);
            }
            return jars.get(0);
        }
    }
}
