package io.rwkvtts.doctor;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The files, the environment and the programs of a machine, as far as they can be read and run. */
final class Machine {

    private static final int MAX_OUTPUT = 1 << 20;
    private static final long TIMEOUT_SECONDS = 20;

    private static final File NOTHING = new File("/dev/null");

    private final Path root;
    private final Map<String, String> environment;

    /**
     * @param root where its files begin; programs are run if it is that of this process
     */
    Machine(Path root, Map<String, String> environment) {
        this.root = root;
        this.environment = environment;
    }

    /** That of this process. */
    static Machine here() {
        return new Machine(Path.of("/"), System.getenv());
    }

    /** The value of an environment variable, empty if it is not set. */
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    boolean exists(String file) {
        return Files.exists(path(file));
    }

    /** The lines of a file, none if it can't be read. */
    List<String> lines(String file) {
        try {
            return Files.isReadable(path(file)) ? Files.readAllLines(path(file)) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * The lines that a program prints on standard output; empty if there is no such program, it
     * fails, or it does not end in {@value #TIMEOUT_SECONDS} seconds.
     */
    Optional<List<String>> run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .redirectInput(ProcessBuilder.Redirect.from(NOTHING))
                            .start();
            // Ends the reading, too.
            CompletableFuture.delayedExecutor(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .execute(process::destroyForcibly);
            try (InputStream output = process.getInputStream()) {
                byte[] bytes = output.readNBytes(MAX_OUTPUT);
                return process.waitFor() == 0
                        ? Optional.of(new String(bytes, StandardCharsets.UTF_8).lines().toList())
                        : Optional.empty();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Path path(String file) {
        return root.resolve(file.substring(1));
    }
}
