package io.rwkvtts.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * Where and when something was measured.
 *
 * @param date of the beginning, UTC
 * @param processor its name as the system reports it
 * @param processors those that this process may use
 * @param system operating system and version
 * @param java version and name of the JVM
 */
public record Surroundings(
        String date, String processor, int processors, String system, String java) {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Here and now. */
    public static Surroundings now() {
        return new Surroundings(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
    }

    private static String processorName() {
        if (!Files.isReadable(CPU_INFO)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            throw new UncheckedIOException(CPU_INFO + " can't be read", e);
        }
    }

    @Override
    public String toString() {
        return "%s, %d processors of %s, %s, Java %s"
                .formatted(date, processors, processor, system, java);
    }
}
