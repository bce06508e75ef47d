package io.rwkvtts.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of a process that runs with libfaketime, which reads its offset from a file once a
 * second. The clocks that measure times do not jump. Belongs to one thread.
 */
public final class FakeClock {

    private static final List<Path> PLACES =
            Stream.of("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/" + triplet())
                    .map(place -> Path.of(place, "faketime", "libfaketimeMT.so.1"))
                    .toList();

    private final Path library;
    private final Path file;

    /**
     * @param library where libfaketime is
     * @param file for the offset; made with none
     */
    FakeClock(Path library, Path file) throws IOException {
        this.library = library;
        this.file = file;
        set("+0");
    }

    /** Debian's name for the libraries of this kind of machine. */
    private static String triplet() {
        String machine = System.getProperty("os.arch");
        return (machine.equals("amd64") ? "x86_64" : machine) + "-linux-gnu";
    }

    /** Where libfaketime is installed; empty if it is not. */
    public static Optional<Path> library() {
        return PLACES.stream().filter(Files::isRegularFile).findFirst();
    }

    /** What the environment of the process has to have. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // Else a JVM's waits return at once.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "NO_FAKE_STAT", "1");
    }

    /**
     * Sets the clock.
     *
     * @param offset from the true time, such as {@code +1h}
     */
    void set(String offset) throws IOException {
        Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), offset);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
